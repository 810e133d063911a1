namespace MoEQuant.Runtime.Tokenization.Characters;

/// <summary>Reads code points out of UTF-16 text. A lone surrogate reads as itself; <see cref="WellFormed"/> replaces them at the entrance.</summary>
internal static class CodePoints
{
    /// <summary>The code point that begins at the index.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">Less than the length of the text.</param>
    /// <param name="length">Its length in UTF-16 units, 1 or 2.</param>
    public static int At(ReadOnlySpan<char> text, int index, out int length)
    {
        char first = text[index];
        if (char.IsHighSurrogate(first) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
        {
            length = 2;
            return char.ConvertToUtf32(first, text[index + 1]);
        }
        length = 1;
        return first;
    }

    /// <summary>The code point that ends before the index.</summary>
    /// <param name="text">The text.</param>
    /// <param name="index">At least 1.</param>
    /// <param name="length">Its length in UTF-16 units, 1 or 2.</param>
    public static int Before(ReadOnlySpan<char> text, int index, out int length)
    {
        char last = text[index - 1];
        if (char.IsLowSurrogate(last) && index >= 2 && char.IsHighSurrogate(text[index - 2]))
        {
            length = 2;
            return char.ConvertToUtf32(text[index - 2], last);
        }
        length = 1;
        return last;
    }

    /// <summary>The text with each lone surrogate replaced by U+FFFD, as conversion to UTF-8 would do it. The reference only knows UTF-8.</summary>
    public static string WellFormed(string text)
    {
        int start = text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF');
        if (start < 0)
            return text;
        char[]? copy = null;
        for (int i = start; i < text.Length;)
        {
            int codePoint = At(text, i, out int length);
            if (codePoint is >= 0xD800 and <= 0xDFFF)
                (copy ??= text.ToCharArray())[i] = '\uFFFD';
            i += length;
        }
        return copy is null ? text : new string(copy);
    }
}
