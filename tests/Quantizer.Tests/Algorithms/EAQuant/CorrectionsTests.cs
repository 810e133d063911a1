using MoEQuant.Quality.Planting;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

/// <summary>The corrections in the pipeline, measured on packed models as the runtime executes them.</summary>
[TestClass]
public sealed class CorrectionsTests
{
    private static readonly CorrectionOptions None = new() { Smoothing = false, RouterAlignment = false, Rotation = RotationMode.None };

    private static readonly CorrectionOptions Both = None with { Smoothing = true, RouterAlignment = true };

    [TestMethod]
    public void Smoothing_OfPlantedOutliers_AtLeastHalvesTheDivergence()
    {
        using TemporaryFolder folder = new();
        OutlierPlanting.Write(RepositoryPaths.SampleCheckpoint, folder.Path, seed: 1);
        double plain = Divergence(folder.Path, new(3, 4), None), corrected = Divergence(folder.Path, new(3, 4), Both);
        Assert.IsLessThan(plain / 2, corrected);
    }

    // Activations stay exact, so that a rotation which weights and activations do not share would show as noise: nats, not hundredths.
    [TestMethod]
    [DataRow(RotationMode.Online)]
    [DataRow(RotationMode.Fused)]
    public void Rotation_WithAndWithoutCalibration_ComputesTheSameModel(RotationMode rotation)
    {
        double free = Divergence(RepositoryPaths.SampleCheckpoint, new(4, 16), None with { Rotation = rotation }, calibrated: false);
        double calibrated = Divergence(RepositoryPaths.SampleCheckpoint, new(4, 16), Both with { Rotation = rotation });
        Assert.IsLessThan(0.02, free);
        Assert.IsLessThan(0.02, calibrated);
    }

    private static double Divergence(string checkpoint, QuantizationScheme scheme, CorrectionOptions corrections, bool calibrated = true)
    {
        using TemporaryFolder folder = new();
        string text = Path.Combine(RepositoryPaths.Root, "docs", "architecture.md"), packed = folder.File("model.moeq");
        using (CheckpointFolder weights = CheckpointFolder.Open(checkpoint))
            new QuantizationPipeline(CheckpointSource.Create(weights), new()
            {
                Name = "corrections",
                Scheme = scheme,
                ActivationGroupSize = 0,
                DenseRank = 0,
                SparseRank = 0,
                RouterBits = 8,
                Rounding = RoundingMethod.Nearest,
                Corrections = corrections,
                Calibration = new() { Source = calibrated ? CalibrationSource.Files : CalibrationSource.None, Files = [text], SequenceLength = 64, SequenceCount = 8 },
            }).Run(packed);
        MoEModelOptions options = Comparison.ModelOptions(1);
        using MoEModel model = ModelLoader.Load(packed, options), reference = ModelLoader.Load(checkpoint, options);
        IReadOnlyList<WindowPlan> plans = Comparison.Plan(model, reference, checkpoint, [EvaluationSample.Read(text)], context: 64, windows: 3);
        return ModelComparer.Run(model, reference, plans, null, CancellationToken.None).MeanDivergence;
    }
}
