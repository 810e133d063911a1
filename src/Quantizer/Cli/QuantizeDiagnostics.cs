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

    /// <summary>cache --remove.</summary>
    public static readonly DiagnosticDescriptor CacheKey = new("MOEQ2037", "Cache entry not found", "Use the first digits of one key, as 'moequant cache DIR' lists them.");

    /// <summary>--calibration.</summary>
    public static readonly DiagnosticDescriptor Calibration = new("MOEQ2038", "Calibration text not understood", "Give text files, or self, or none.");

    /// <summary>--calibration-tokens.</summary>
    public static readonly DiagnosticDescriptor CalibrationTokens = new("MOEQ2039", "Number of calibration tokens out of range", "Use a whole number of at least 1; some ten thousand are worthwhile.");

    /// <summary>--balance.</summary>
    public static readonly DiagnosticDescriptor Balance = new("MOEQ2040", "Balance ratio out of range", "Use a number from 0 (no balance) to 1000; 2 is usual.");

    /// <summary>--min-expert-tokens.</summary>
    public static readonly DiagnosticDescriptor MinExpertTokens = new("MOEQ2041", "Least number of tokens per expert out of range", "Use a whole number of at least 0 (no limit).");

    /// <summary>--expert-shortage.</summary>
    public static readonly DiagnosticDescriptor ExpertShortage = new("MOEQ2042", "Action not understood", "Use warn or fail.");

    /// <summary>--part.</summary>
    public static readonly DiagnosticDescriptor Part = new("MOEQ2044", "Part of a run not understood", "Use i/n with 1 <= i <= n, for example 2/8 for the second of eight parts.");

    /// <summary>--part with something that needs the whole model.</summary>
    public static readonly DiagnosticDescriptor PartOfWhole = new(
        "MOEQ2045", "Option needs the whole model", "Give it to 'moequant merge', or use 'moequant eval --reference' on the merged file.");

    /// <summary>merge --evaluate without --reference.</summary>
    public static readonly DiagnosticDescriptor MergeReference = new("MOEQ2049", "No checkpoint to compare with", "Name the folder of the checkpoint: --reference CHECKPOINT.");

    /// <summary>--rounding feedback without --calibration.</summary>
    public static readonly DiagnosticDescriptor FeedbackWithoutData = new("MOEQ2043", "Rounding method needs calibration", "Give --calibration FILE or self, or use --rounding hqq.");
}
