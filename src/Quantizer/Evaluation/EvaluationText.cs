using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Reads a text to evaluate on.</summary>
internal static class EvaluationText
{
    private static readonly TextFileDiagnostics Failures = new(EvaluationDiagnostics.TextMissing, EvaluationDiagnostics.TextUnreadable, EvaluationDiagnostics.TextNotUtf8);

    /// <summary>Reads a UTF-8 file; a byte order mark is not part of the text.</summary>
    /// <exception cref="MoEQuantException">MOEQ3001–3003.</exception>
    public static string Read(string path) => TextFile.Read(path, Failures);
}
