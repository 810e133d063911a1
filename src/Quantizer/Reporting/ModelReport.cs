using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting;

/// <summary>Everything that a report tells: from it a person decides whether to ship the model.</summary>
/// <param name="Result">What was made, with its figures.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Gates">The limits; null when there were none.</param>
internal sealed record ModelReport(QuantizationResult Result, QuantizationOptions Options, QualityGates? Gates)
{
    /// <summary>Why the model was refused, empty when it was not. A refused model has a report, but no packed file.</summary>
    public IReadOnlyList<string> Refusals => Gates is null || Result.Evaluation is null ? [] : [.. Gates.Missed(Result.Evaluation).Select(gate => $"{gate.Descriptor.Code}: {gate.Found}")];

    /// <summary>Size of the packed file relative to the checkpoint's weights.</summary>
    public double Ratio => Result.SourceBytes == 0 ? 0 : (double)Result.PackedBytes / Result.SourceBytes;

    /// <summary>The layers' matrices by kind and layer.</summary>
    public MatrixGrid Grid { get; } = MatrixGrid.From(Result.Statistics.Matrices);

    /// <summary>Whether any matrix was measured on calibration data.</summary>
    public bool IsCalibrated { get; } = Result.Statistics.Matrices.Any(matrix => matrix.RelativeOutputError is not null);
}
