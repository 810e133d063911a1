namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>Something that is searched for in text. Immutable, safe for concurrent use.</summary>
internal abstract class TextPattern
{
    /// <summary>Finds the first match that begins at or after an index.</summary>
    /// <param name="text">The text; what is around it does not count.</param>
    /// <param name="from">Where the search begins, 0 to the length of the text.</param>
    /// <param name="start">Where the match begins.</param>
    /// <param name="length">How long it is, in UTF-16 units; may be 0.</param>
    public abstract bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length);

    /// <summary>The matches and what lies between them, in order, covering the whole text.</summary>
    public SegmentEnumerator Segments(ReadOnlySpan<char> text) => new(this, text);
}
