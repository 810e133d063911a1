namespace MoEQuant.Runtime.Tokenization;

/// <summary>A part of a text on its way to the model.</summary>
/// <param name="Text">The text that the part is of.</param>
/// <param name="Start">Where the part begins, in UTF-16 units.</param>
/// <param name="Length">How long it is, in UTF-16 units.</param>
/// <param name="IsFirst">Whether the part begins where the text given to <see cref="Tokenizer.Encode"/> begins; Metaspace's scheme "first" asks for it.</param>
internal readonly record struct TextPiece(string Text, int Start, int Length, bool IsFirst)
{
    public TextPiece(string text, bool isFirst) : this(text, 0, text.Length, isFirst)
    {
    }

    public ReadOnlySpan<char> Span => Text.AsSpan(Start, Length);

    /// <summary>A part of this part.</summary>
    /// <param name="start">Where it begins within this part.</param>
    /// <param name="end">Where it ends within this part.</param>
    public TextPiece Slice(int start, int end) => new(Text, Start + start, end - start, IsFirst && start == 0);
}
