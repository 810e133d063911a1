using MoEQuant.Quantizer.Algorithms.EAQuant;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

[TestClass]
public sealed class PartMergeTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    public void Merge_AnyNumberOfPartsInAnyOrder_GivesTheBytesOfOneRun(int count)
    {
        using DividedRun run = new();
        byte[] whole = run.Whole();
        string[] parts = run.Parts(count);
        CollectionAssert.AreEqual(whole, run.MergedBytes(parts));
        Directory.Delete(run.Checkpoint, recursive: true);
        CollectionAssert.AreEqual(whole, run.MergedBytes([.. parts.Reverse()]), "without the checkpoint, the last part first");
    }

    [TestMethod]
    public void Merge_TwoParts_HasTheStatisticsOfOneRun()
    {
        using DividedRun run = new();
        QuantizationStatistics whole = run.Use(source => new QuantizationPipeline(source, DividedRun.Options).Run(run.File("whole.moeq")).Statistics);
        QuantizationStatistics merged = run.Merge(run.Parts(2)).Statistics;
        CollectionAssert.AreEqual(whole.Tensors.ToArray(), merged.Tensors.ToArray());
        CollectionAssert.AreEqual(whole.Layers.Select(layer => layer.Layer).ToArray(), merged.Layers.Select(layer => layer.Layer).ToArray());
        CollectionAssert.AreEqual(new[] { "embedding", "layers", "tail" }, merged.Phases.Select(phase => phase.Name).ToArray());
        Assert.AreEqual(whole.Total.RelativeError, merged.Total.RelativeError);
        Assert.IsGreaterThan(0, merged.PeakMemoryBytes);
    }

    [TestMethod]
    [DataRow(RankPolicy.Kurtosis)]
    [DataRow(RankPolicy.Budget)]
    public void Merge_PlanMadeFromTheWeights_IsTheSameInEveryPart(RankPolicy policy)
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { RankPolicy = policy, TargetBitsPerWeight = policy == RankPolicy.Budget ? 9 : null };
        byte[] whole = run.Whole(options);
        CollectionAssert.AreEqual(whole, run.MergedBytes(run.Parts(3, options)));
        // Otherwise nothing was shown about plans.
        CollectionAssert.AreNotEqual(run.Whole(), whole);
    }

    [TestMethod]
    public void Merge_SizeRotationAndQuantizedActivations_GiveTheBytesOfOneRun()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { Scheme = new(4, 4), RankPolicy = RankPolicy.Budget, TargetSize = 800_000, RouterBits = 8, Corrections = new() { Rotation = RotationMode.Fused } };
        CollectionAssert.AreEqual(run.Whole(options), run.MergedBytes(run.Parts(2, options)));
    }

    [TestMethod]
    public void Merge_Cancelled_LeavesNothingAndTheEarlierFileAsItWas()
    {
        using DividedRun run = new();
        string[] parts = run.Parts(2);
        byte[] earlier = run.MergedBytes(parts);
        using CancellationTokenSource cancellation = new();
        using PartSet set = PartSet.Open(parts);
        Assert.Throws<OperationCanceledException>(() => new PartMerge(set).Run(run.Output, new CancelAfterLayer(cancellation), cancellation.Token));
        Assert.HasCount(1, Directory.GetFiles(Path.GetDirectoryName(run.Output)!));
        CollectionAssert.AreEqual(earlier, File.ReadAllBytes(run.Output));
    }
}
