using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>What is kept track of while one text goes through the normalizers.</summary>
/// <param name="textLength">The length of the text as given, in UTF-16 units.</param>
internal sealed class NormalizationState(int textLength)
{
    // The forms KC and KD make up to 18 characters of one, the byte-level alphabet up to 3 of one. Replacements that go on and on come from a hostile file.
    private const long GrowthLimit = 64;
    private const long BaseLimit = 100_000;

    /// <summary>False once characters at the begin were dropped without replacement; Metaspace's scheme "first" asks for it.</summary>
    public bool KeepsStart { get; private set; } = true;

    public void DropStart() => KeepsStart = false;

    /// <exception cref="MoEQuantException">The text has grown beyond all reason.</exception>
    public void CheckLength(long length)
    {
        if (length > BaseLimit + GrowthLimit * textLength)
            throw new MoEQuantException(TokenizerDiagnostics.TextTooLong,
                $"Normalizing {textLength} characters gives {length} characters or more, expected at most {BaseLimit + GrowthLimit * textLength}.");
    }
}
