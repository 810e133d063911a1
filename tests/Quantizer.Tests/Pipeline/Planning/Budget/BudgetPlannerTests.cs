using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning.Budget;

[TestClass]
public sealed class BudgetPlannerTests
{
    [TestMethod]
    [DataRow(3.3)]
    [DataRow(4.0)]
    public void Run_TargetBits_AreMetFromBelowWithinHalfAPercent(double bits)
    {
        using TemporaryFolder folder = new();
        QuantizationResult made = Quantize(folder, new() { Name = "n", RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = bits, Rounding = RoundingMethod.Nearest });
        Assert.IsLessThanOrEqualTo(bits, made.Statistics.LinearBitsPerWeight);
        Assert.IsGreaterThan(0.995 * bits, made.Statistics.LinearBitsPerWeight);
        Assert.IsGreaterThan(3, made.Statistics.Matrices.Where(matrix => matrix.Layer >= 0).Select(matrix => (matrix.Bits, matrix.GroupSize, matrix.Symmetric, matrix.Rank)).Distinct().Count());
    }

    [TestMethod]
    public void Run_TargetSize_IsMetFromBelowWithinHalfAPercent()
    {
        using TemporaryFolder folder = new();
        QuantizationResult made = Quantize(folder, new() { Name = "n", RankPolicy = RankPolicy.Budget, TargetSize = 7_500_000, Rounding = RoundingMethod.Nearest });
        Assert.AreEqual(new FileInfo(made.Path).Length, made.PackedBytes);
        Assert.IsLessThanOrEqualTo(7_500_000, made.PackedBytes);
        Assert.IsGreaterThan((long)(0.995 * 7_500_000), made.PackedBytes);
    }

    [TestMethod]
    public void Run_BudgetWithoutTarget_CostsWhatUniformRanksCost()
    {
        using TemporaryFolder folder = new();
        QuantizationOptions options = new() { Name = "n", DenseRank = 8, SparseRank = 2, Rounding = RoundingMethod.Nearest };
        QuantizationResult uniform = Quantize(folder, options), budget = Quantize(folder, options with { RankPolicy = RankPolicy.Budget });
        Assert.IsLessThanOrEqualTo(1.005 * uniform.Statistics.LinearBitsPerWeight, budget.Statistics.LinearBitsPerWeight);
        Assert.IsGreaterThan(0.995 * uniform.Statistics.LinearBitsPerWeight, budget.Statistics.LinearBitsPerWeight);
    }

    [TestMethod]
    public void Run_TargetOutOfReach_SaysWhatIsReachable()
    {
        using TemporaryFolder folder = new();
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, new() { Name = "n", RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 2.5 }));
        Assert.AreEqual("MOEQ2048", failure.Code);
        Assert.Contains("2.500 bits per weight; reachable are 3.1", failure.Found);
        failure = Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, new() { Name = "n", RankPolicy = RankPolicy.Budget, TargetSize = 1000 }));
        Assert.Contains("1000 bytes; reachable are 6", failure.Found);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static QuantizationResult Quantize(TemporaryFolder folder, QuantizationOptions options)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        return new QuantizationPipeline(CheckpointSource.Create(checkpoint), options).Run(folder.File("m.moeq"));
    }
}
