namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>
/// One step of turning tokens back into text, at work. Tokens come as stretches of text followed by <see cref="EndToken"/>; a step hands on what is certain.
/// Decoding a whole and decoding token by token run the same steps, so they cannot differ.
/// </summary>
internal abstract class DecodeStage
{
    /// <summary>Takes a stretch of the current token.</summary>
    public abstract void Append(ReadOnlySpan<char> text);

    /// <summary>The current token is complete.</summary>
    public abstract void EndToken();

    /// <summary>No token follows.</summary>
    public abstract void Finish();
}
