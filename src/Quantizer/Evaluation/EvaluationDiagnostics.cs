using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Texts that a model cannot be evaluated on.</summary>
public static class EvaluationDiagnostics
{
    /// <summary>The text file does not exist.</summary>
    public static readonly DiagnosticDescriptor TextMissing = new("MOEQ3001", "Text file not found", "Name an existing UTF-8 text file: --text FILE.");

    /// <summary>The text file cannot be read.</summary>
    public static readonly DiagnosticDescriptor TextUnreadable = new("MOEQ3002", "Text file cannot be read", "Check the file's permissions and that it is a file.");

    /// <summary>The text is not UTF-8.</summary>
    public static readonly DiagnosticDescriptor TextNotUtf8 = new("MOEQ3003", "Text is not valid UTF-8", "Convert the file to UTF-8.");

    /// <summary>The text has fewer tokens than one window.</summary>
    public static readonly DiagnosticDescriptor TextTooShort = new("MOEQ3004", "Text is too short", "Use a longer text or a smaller --context.");

    /// <summary>A logit is NaN or infinite.</summary>
    public static readonly DiagnosticDescriptor LogitsNotFinite = new("MOEQ3005", "Model computes values that are not finite", "The weights are damaged or overflow single precision; evaluate the unquantized checkpoint to find out which.");

    /// <summary>Two models that are to be compared do not share a tokenizer.</summary>
    public static readonly DiagnosticDescriptor VocabulariesDiffer = new("MOEQ3006", "Models to compare have different vocabularies", "Compare a model with the checkpoint that it was made from: --reference CHECKPOINT.");
}
