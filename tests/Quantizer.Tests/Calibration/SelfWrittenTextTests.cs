using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Calibration;

[TestClass]
public sealed class SelfWrittenTextTests
{
    private static readonly CalibrationOptions Options = new() { Source = CalibrationSource.Self, SequenceLength = 24, SequenceCount = 30 };

    [TestMethod]
    public void Write_SampleModel_IsDeterministicAndWhatTheModelExpects()
    {
        CalibrationData one = Write(Options, threads: 1), two = Write(Options, threads: 2), other = Write(Options with { Seed = 2 }, threads: 1);
        Assert.AreEqual((40, 30, 40 * 24), (one.Sequences.Count, one.PrimaryCount, one.Sequences.TokenCount));
        for (int i = 0; i < 40; i++)
        {
            CollectionAssert.AreEqual(one.Sequences[i].ToArray(), two.Sequences[i].ToArray());
            CollectionAssert.AreNotEqual(one.Sequences[i].ToArray(), other.Sequences[i].ToArray());
        }

        // Texts differ from each other, and of a vocabulary of 4,096 the model prefers few: far fewer tokens occur than in noise of this length.
        Assert.HasCount(40, Enumerable.Range(0, 40).Select(i => string.Join(',', one.Sequences[i].ToArray())).Distinct());
        int distinct = Enumerable.Range(0, 40).SelectMany(i => one.Sequences[i][1..].ToArray()).Distinct().Count();
        Assert.IsInRange(50, 650, distinct);
    }

    [TestMethod]
    public void Draw_Uniform_FollowsTheProbabilities()
    {
        float[] logits = [MathF.Log(0.2f), MathF.Log(0.5f), MathF.Log(0.3f)];
        CollectionAssert.AreEqual((int[])[0, 0, 1, 1, 2, 2], ((double[])[0, 0.19, 0.21, 0.69, 0.71, 0.9999999999]).Select(u => TokenDraw.Draw(logits, u)).ToArray());
    }

    private static CalibrationData Write(CalibrationOptions options, int threads)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        return CalibrationDataFactory.Create(CheckpointSource.Create(folder), options, threads, CancellationToken.None)!;
    }
}
