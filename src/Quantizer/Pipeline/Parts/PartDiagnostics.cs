using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>What can go wrong when a run is divided into parts, or its parts are merged.</summary>
public static class PartDiagnostics
{
    /// <summary>--part i/n with an n that is too large for the model.</summary>
    public static readonly DiagnosticDescriptor TooManyParts = new("MOEQ3085", "More parts than the model has pieces", "Use at most as many parts as there are pieces.");

    /// <summary>--part with --calibration.</summary>
    public static readonly DiagnosticDescriptor Calibrated = new(
        "MOEQ3086", "Calibrated runs cannot be divided",
        "Run it without --part as one job with --cache on a shared folder: where it was interrupted, the same command goes on behind the last finished layer, on any machine. Or quantize without calibration.");

    /// <summary>A part file that is not there or cannot be read.</summary>
    public static readonly DiagnosticDescriptor PartUnreadable = new("MOEQ3087", "Part file cannot be read", "Check path and permissions, or make the part again: 'moequant quantize' with the options of the others and this part's --part.");

    /// <summary>A file that is no part, or one of another format.</summary>
    public static readonly DiagnosticDescriptor NoPart = new("MOEQ3088", "Not a part file", "Name the files that 'moequant quantize --part' wrote, made by this version of the tool.");

    /// <summary>A part file whose bytes changed since it was written.</summary>
    public static readonly DiagnosticDescriptor PartDamaged = new(
        "MOEQ3089", "Part file is damaged", "Copy it again from where it was made, or make the part again: 'moequant quantize' with the options of the others and this part's --part.");

    /// <summary>Parts of different runs.</summary>
    public static readonly DiagnosticDescriptor PartsDiffer = new(
        "MOEQ3090", "Parts belong to different runs", "Merge parts that the same tool made with the same options from the same checkpoint; make those again that differ.");

    /// <summary>Not all parts of a run.</summary>
    public static readonly DiagnosticDescriptor PartMissing = new("MOEQ3091", "Parts are missing", "Name every part; make those that do not exist: 'moequant quantize' with the options of the others and their --part.");

    /// <summary>A part that is given more than once.</summary>
    public static readonly DiagnosticDescriptor PartTwice = new("MOEQ3092", "A part is given twice", "Name one file for each part.");
}
