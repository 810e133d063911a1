namespace MoEQuant.Quantizer.Evaluation;

/// <summary>A text to evaluate on.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Content">What it says.</param>
internal sealed record EvaluationSample(string Path, string Content)
{
    /// <summary>Reads a UTF-8 file.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3001–3003.</exception>
    public static EvaluationSample Read(string path) => new(path, EvaluationText.Read(path));
}
