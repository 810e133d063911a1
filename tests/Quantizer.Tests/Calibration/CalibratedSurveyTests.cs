using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Quantizer.Tests.Pipeline;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Calibration;

[TestClass]
public sealed class CalibratedSurveyTests
{
    private static readonly QuantizationOptions Options = new() { Name = "n", ThreadCount = 1, RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 4 };

    [TestMethod]
    public void Run_SmallModel_JudgesEveryMatrixAndMoreBitsAsBetter()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        QuantizationSource source = CheckpointSource.Create(checkpoint);
        IReadOnlyList<MatrixChoices> choices = Survey(source, Options, threads: 1), again = Survey(source, Options, threads: 3);
        CollectionAssert.AreEqual(
            source.Plan.Tensors.Where(tensor => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear).Select(tensor => tensor.Name).ToArray(),
            choices.Select(choice => choice.Tensor.Name).ToArray());
        foreach ((MatrixChoices choice, MatrixChoices other) in choices.Zip(again))
        {
            CollectionAssert.AreEqual(choice.Candidates.ToArray(), other.Candidates.ToArray());
            Assert.IsTrue(choice.Candidates.All(candidate => double.IsFinite(candidate.Loss) && candidate.Loss > 0), choice.Tensor.Name);
            Assert.IsLessThan(0.5 * Loss(choice, 3), Loss(choice, 4));
        }
    }

    [TestMethod]
    public void Run_ExpertThatIsHardlyUsed_CountsLittle()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        UnusedExpert.Plant(folder.Path, layer: 1, expert: 2);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        ILookup<int, MatrixChoices> experts = Survey(CheckpointSource.Create(checkpoint), Options, threads: 1).Where(choice => choice.Tensor.Layer == 1).ToLookup(choice => choice.Tensor.Expert);
        foreach (int expert in (int[])[0, 1, 3])
            foreach ((MatrixChoices unused, MatrixChoices used) in experts[2].Zip(experts[expert]))
                Assert.IsLessThan(0.5 * Loss(used, 3), Loss(unused, 3), $"{unused.Tensor.Name} against {used.Tensor.Name}");
    }

    private static double Loss(MatrixChoices choice, int bits) => choice.Candidates.Single(candidate => candidate.Recipe.Groups == new GroupScheme(bits, 64) && candidate.Recipe.Rank == 0).Loss;

    private static IReadOnlyList<MatrixChoices> Survey(QuantizationSource source, QuantizationOptions options, int threads)
    {
        Random random = new(3);
        TokenSequences sequences = new([.. Enumerable.Range(0, 6).Select(_ => (int[])[.. Enumerable.Range(0, 40).Select(_ => random.Next(4096))])]);
        return new CalibratedSurvey(source, options with { ThreadCount = threads }, new(sequences, 5), ManagedBackend.Instance).Run(RoundingMethod.ErrorFeedback, CancellationToken.None);
    }
}
