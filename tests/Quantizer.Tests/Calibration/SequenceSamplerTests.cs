using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Calibration;

namespace MoEQuant.Quantizer.Tests.Calibration;

[TestClass]
public sealed class SequenceSamplerTests
{
    private static readonly CalibrationOptions Options = new() { SequenceLength = 10, SequenceCount = 6 };

    [TestMethod]
    public void Draw_LongText_GivesCountAndReserveSpreadWithoutOverlap()
    {
        CalibrationData data = SequenceSampler.Draw(Text(1000), [77777], Options, null);
        Assert.AreEqual((8, 6, 66), (data.Sequences.Count, data.PrimaryCount, data.PrimaryTokens));
        int[] starts = [.. Enumerable.Range(0, 8).Select(i => data.Sequences[i][1]).Order()];
        for (int i = 0; i < 8; i++)
        {
            Assert.AreEqual(77777, data.Sequences[i][0]);
            for (int j = 2; j < 11; j++)
                Assert.AreEqual(data.Sequences[i][1] + j - 1, data.Sequences[i][j]);
            // Each eighth of the text gives one sequence.
            Assert.AreEqual(i, starts[i] / 125);
            Assert.AreEqual(i, (starts[i] + 9) / 125);
        }
    }

    [TestMethod]
    public void Draw_SameSeed_GivesTheSameSequencesAndAnotherSeedOthers()
    {
        int[] first = Starts(SequenceSampler.Draw(Text(1000), [], Options, null));
        CollectionAssert.AreEqual(first, Starts(SequenceSampler.Draw(Text(1000), [], Options, null)));
        CollectionAssert.AreNotEqual(first, Starts(SequenceSampler.Draw(Text(1000), [], Options with { Seed = 2 }, null)));
    }

    [TestMethod]
    [DataRow(49, 4, 3)]
    [DataRow(19, 1, 1)]
    [DataRow(10, 1, 1)]
    public void Draw_ShortText_GivesFewerSequencesAndAQuarterInReserve(int tokens, int count, int primary)
    {
        CalibrationData data = SequenceSampler.Draw(Text(tokens), [], Options, null);
        Assert.AreEqual((count, primary), (data.Sequences.Count, data.PrimaryCount));
        int[] starts = [.. Starts(data).Order()];
        for (int i = 1; i < starts.Length; i++)
            Assert.IsGreaterThanOrEqualTo(starts[i - 1] + 10, starts[i]);
    }

    [TestMethod]
    public void Draw_TextShorterThanASequence_IsCoded()
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => SequenceSampler.Draw(Text(9), [], Options, "t.txt"));
        Assert.AreEqual(("MOEQ3053", "t.txt"), (failure.Code, failure.Path));
    }

    [TestMethod]
    public void Draw_WithoutBalance_KeepsNoReserve() =>
        Assert.AreEqual(6, SequenceSampler.Draw(Text(1000), [], Options with { BalanceRatio = 0 }, null).PrimaryCount);

    private static int[] Text(int length) => [.. Enumerable.Range(0, length)];

    private static int[] Starts(CalibrationData data) => [.. Enumerable.Range(0, data.Sequences.Count).Select(i => data.Sequences[i][0])];
}
