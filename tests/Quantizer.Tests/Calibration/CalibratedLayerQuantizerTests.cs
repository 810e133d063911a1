using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Calibration;

[TestClass]
public sealed class CalibratedLayerQuantizerTests
{
    private static readonly QuantizationOptions Options = new() { Name = "n", ThreadCount = 1, DenseRank = 0, SparseRank = 0 };

    [TestMethod]
    public void RestoreState_BehindALayer_GoesOnWithTheSameBytes()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        using CalibratedLayerQuantizer straight = Create(checkpoint), resumed = Create(checkpoint);
        straight.Quantize(0, new Progress<double>(), CancellationToken.None);
        using MemoryStream state = new();
        straight.SaveState(state);
        LayerSegment expected = straight.Quantize(1, new Progress<double>(), CancellationToken.None);

        state.Position = 0;
        resumed.RestoreState(1, state);
        LayerSegment actual = resumed.Quantize(1, new Progress<double>(), CancellationToken.None);
        foreach ((SegmentTensor one, SegmentTensor other) in expected.Tensors.Zip(actual.Tensors))
        {
            CollectionAssert.AreEqual(one.Weights.SelectMany(part => part).ToArray(), other.Weights.SelectMany(part => part).ToArray(), one.Statistics.Name);
            CollectionAssert.AreEqual(one.Values, other.Values, one.Statistics.Name);
        }

        CollectionAssert.AreEqual(expected.Statistics.Experts.ToArray(), actual.Statistics.Experts.ToArray());
    }

    [TestMethod]
    public void Quantize_LayerOutOfOrder_Throws()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        using CalibratedLayerQuantizer quantizer = Create(checkpoint);
        Assert.ThrowsExactly<InvalidOperationException>(() => quantizer.Quantize(1, new Progress<double>(), CancellationToken.None));
    }

    private static CalibratedLayerQuantizer Create(CheckpointFolder checkpoint)
    {
        Random random = new(4);
        CalibrationData data = new(new([.. Enumerable.Range(0, 5).Select(_ => (int[])[.. Enumerable.Range(0, 30).Select(_ => random.Next(4096))])]), 4);
        QuantizationSource source = CheckpointSource.Create(checkpoint);
        QuantizationPlan plan = QuantizationPlanner.Plan(source, Options, data, ManagedBackend.Instance, CancellationToken.None);
        return new(new(source.Weights, source.Config, source.Plan, plan, data, Options, ManagedBackend.Instance), null);
    }
}
