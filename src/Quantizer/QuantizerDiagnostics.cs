using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer;

/// <summary>Failures that the weights themselves cause.</summary>
public static class QuantizerDiagnostics
{
    /// <summary>A weight is too large for fp16 scales.</summary>
    public static readonly DiagnosticDescriptor WeightTooLarge = new(
        "MOEQ1049", "Weight beyond the range of fp16", "Weights of this size cannot be stored in groups with fp16 scales; check how the checkpoint was converted.");
}
