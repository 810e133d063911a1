using MoEQuant.Quantizer.Evaluation;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What a run made.</summary>
/// <param name="Path">The packed file.</param>
/// <param name="Name">The model's name.</param>
/// <param name="Scheme">The scheme.</param>
/// <param name="SourceBytes">Bytes of the weights in the checkpoint.</param>
/// <param name="PackedBytes">Length of the packed file.</param>
/// <param name="Statistics">Sizes and errors by class of tensor.</param>
public sealed record QuantizationResult(string Path, string Name, QuantizationScheme Scheme, long SourceBytes, long PackedBytes, QuantizationStatistics Statistics)
{
    /// <summary>How far the packed model is from the checkpoint; null when that was not measured.</summary>
    public ComparisonResult? Evaluation { get; init; }
}
