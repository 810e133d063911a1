using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Command lines whose corrections cannot be understood. All of them give exit code 2.</summary>
public static class CorrectionDiagnostics
{
    /// <summary>--smoothing.</summary>
    public static readonly DiagnosticDescriptor Smoothing = new("MOEQ2080", "Smoothing is neither on nor off", "Use on or off.");

    /// <summary>--router-alignment.</summary>
    public static readonly DiagnosticDescriptor RouterAlignment = new("MOEQ2081", "Router alignment is neither on nor off", "Use on or off.");

    /// <summary>--rotation.</summary>
    public static readonly DiagnosticDescriptor Rotation = new("MOEQ2082", "Unknown rotation", "Use none, online or fused.");
}
