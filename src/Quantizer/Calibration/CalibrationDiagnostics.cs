using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Texts and models that cannot be calibrated with.</summary>
public static class CalibrationDiagnostics
{
    /// <summary>A text file does not exist.</summary>
    public static readonly DiagnosticDescriptor TextMissing = new("MOEQ3050", "Calibration text not found", "Name existing UTF-8 text files, or calibrate on 'self'.");

    /// <summary>A text file cannot be read.</summary>
    public static readonly DiagnosticDescriptor TextUnreadable = new("MOEQ3051", "Calibration text cannot be read", "Check the file's permissions and that it is a file.");

    /// <summary>A text is not UTF-8.</summary>
    public static readonly DiagnosticDescriptor TextNotUtf8 = new("MOEQ3052", "Calibration text is not valid UTF-8", "Convert the file to UTF-8.");

    /// <summary>The texts together have fewer tokens than one sequence.</summary>
    public static readonly DiagnosticDescriptor TextTooShort = new("MOEQ3053", "Calibration text is too short", "Use more text, or calibrate on 'self': some ten thousand tokens are worthwhile.");

    /// <summary>Few tokens reach an expert.</summary>
    public static readonly DiagnosticDescriptor ExpertStarved = new(
        "MOEQ3054", "Expert sees too few calibration tokens", "Use more text, or text of the kind that the expert serves; or lower the minimum number of tokens per expert.");

    /// <summary>A hidden state is NaN or infinite.</summary>
    public static readonly DiagnosticDescriptor StreamNotFinite = new(
        "MOEQ3055", "Calibration computes values that are not finite", "The weights are damaged or overflow single precision: evaluate the unquantized checkpoint to find out which.");

    /// <summary>A sequence is longer than what the model was made for.</summary>
    public static readonly DiagnosticDescriptor SequenceTooLong = new("MOEQ3056", "Calibration sequences do not fit the model", "Use shorter sequences.");
}
