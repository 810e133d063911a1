using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Command lines whose options for activations cannot be understood. All of them give exit code 2.</summary>
public static class ActivationDiagnostics
{
    /// <summary>--activation-group.</summary>
    public static readonly DiagnosticDescriptor GroupSize = new("MOEQ2070", "Activation group size not supported", "Use 32, 64 or 128, or 0 for one scale per token.");

    /// <summary>--activation-clip.</summary>
    public static readonly DiagnosticDescriptor Clip = new("MOEQ2071", "Clip ratio of activations out of range", "Use a whole number of percent from 1 to 100.");

    /// <summary>--activations.</summary>
    public static readonly DiagnosticDescriptor Precision = new("MOEQ2072", "Unknown precision of activations", "Use exact or int8.");

    /// <summary>--key-values.</summary>
    public static readonly DiagnosticDescriptor KeyValues = new("MOEQ2073", "Unknown precision of keys and values", "Use float32 or bfloat16.");
}
