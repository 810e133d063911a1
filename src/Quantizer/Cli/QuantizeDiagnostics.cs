using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Command lines of <c>quantize</c> whose recipe cannot be understood. All of them give exit code 2.</summary>
public static class QuantizeDiagnostics
{
    /// <summary>--rounding.</summary>
    public static readonly DiagnosticDescriptor Rounding = new("MOEQ2030", "Unknown rounding method", "Use nearest, hqq or feedback.");

    /// <summary>--rank-policy.</summary>
    public static readonly DiagnosticDescriptor RankPolicy = new("MOEQ2031", "Unknown rank policy", "Use uniform, kurtosis, frequency or budget.");

    /// <summary>--target-bits.</summary>
    public static readonly DiagnosticDescriptor TargetBits = new("MOEQ2032", "Target bits out of range", "Use a number of bits per weight from 2 to 16, for example 4.0.");

    /// <summary>--target-size.</summary>
    public static readonly DiagnosticDescriptor TargetSize = new("MOEQ2033", "Target size not understood", "Use a number of bytes, or a number with a unit: 500MB, 1.5GiB.");

    /// <summary>More than one of --target-bits, --target-size and a rank policy that needs no target.</summary>
    public static readonly DiagnosticDescriptor TargetConflict = new("MOEQ2034", "Options contradict each other", "Give one of --target-bits and --target-size, alone or with --rank-policy budget.");

    /// <summary>--router-bits.</summary>
    public static readonly DiagnosticDescriptor RouterBits = new("MOEQ2035", "Router bits not supported", "Use 32 (plain floats) or 8.");

    /// <summary>--smoothing or --rotation.</summary>
    public static readonly DiagnosticDescriptor Switch = new("MOEQ2036", "Switch not understood", "Use on or off.");
}
