using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;

namespace MoEQuant.Quality.Ablation;

/// <summary>Quantizes with one combination of corrections and compares with the checkpoint: the product's own pipeline and runtime.</summary>
/// <param name="calibration">The text to calibrate on.</param>
/// <param name="test">The text to score on.</param>
/// <param name="sequences">Calibration sequences of 256 tokens.</param>
/// <param name="windows">Windows of 256 tokens that are scored.</param>
/// <param name="scratch">Where packed files are written.</param>
internal sealed class AblationRun(string calibration, string test, int sequences, int windows, string scratch)
{
    private const int Context = 256;

    /// <summary>Runs one row.</summary>
    public ComparisonResult Measure(AblationModel model, QuantizationScheme scheme, AblationRow row)
    {
        string packed = Path.Combine(scratch, "ablation.moeq");
        using (CheckpointFolder folder = CheckpointFolder.Open(model.Path))
            new QuantizationPipeline(CheckpointSource.Create(folder), Options(scheme, row)).Run(packed);
        MoEModelOptions loading = Comparison.ModelOptions(Environment.ProcessorCount);
        using MoEModel quantized = ModelLoader.Load(packed, loading), reference = ModelLoader.Load(model.Path, loading);
        IReadOnlyList<WindowPlan> plans = Comparison.Plan(quantized, reference, model.Path, [EvaluationSample.Read(test)], Context, windows);
        return ModelComparer.Run(quantized, reference, plans, null, CancellationToken.None);
    }

    // Without compensators, so that the figures are those of the corrections.
    private QuantizationOptions Options(QuantizationScheme scheme, AblationRow row) => new()
    {
        Name = "ablation",
        Scheme = scheme,
        ActivationGroupSize = 0,
        DenseRank = 0,
        SparseRank = 0,
        RouterBits = 8,
        Corrections = row.Corrections,
        Calibration = new() { Source = CalibrationSource.Files, Files = [calibration], SequenceCount = sequences, BalanceRatio = row.BalanceRatio },
    };
}
