using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Reads calibration texts.</summary>
internal static class CalibrationText
{
    private static readonly TextFileDiagnostics Failures = new(CalibrationDiagnostics.TextMissing, CalibrationDiagnostics.TextUnreadable, CalibrationDiagnostics.TextNotUtf8);

    /// <summary>The files' tokens one after the other, without special tokens.</summary>
    /// <param name="files">UTF-8 files.</param>
    /// <param name="tokenizer">The model's tokenizer.</param>
    /// <exception cref="MoEQuantException">MOEQ3050–3052.</exception>
    public static int[] Read(IReadOnlyList<string> files, Tokenizer tokenizer) => [.. files.SelectMany(file => tokenizer.Encode(TextFile.Read(file, Failures), false))];
}
