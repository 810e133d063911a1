using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation.Gates;

/// <summary>Limits on the loss of quality that a packed model misses.</summary>
public static class GateDiagnostics
{
    /// <summary>--max-perplexity-increase.</summary>
    public static readonly DiagnosticDescriptor Perplexity = new("MOEQ3030", "Quality gate missed: perplexity", Remedy);

    /// <summary>--max-kl-divergence.</summary>
    public static readonly DiagnosticDescriptor Divergence = new("MOEQ3031", "Quality gate missed: KL divergence", Remedy);

    /// <summary>--min-router-agreement.</summary>
    public static readonly DiagnosticDescriptor RouterAgreement = new("MOEQ3032", "Quality gate missed: router agreement", Remedy);

    /// <summary>A limit without a text to measure it on.</summary>
    public static readonly DiagnosticDescriptor NoText = new("MOEQ3033", "Quality gate without a text to evaluate on", "Name a held-out text: --evaluate FILE, or EvaluationFiles of the MoEModel item.");

    private const string Remedy =
        "Give the model more bits (a larger TargetBitsPerWeight or the scheme W4A16), calibrate on text like that of its use (CalibrationFiles), raise DenseRank and SparseRank, or relax the gate; no packed file was written.";
}
