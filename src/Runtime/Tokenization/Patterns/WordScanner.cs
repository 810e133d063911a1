using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>The loops that the written-out word patterns share. Each returns the index behind the run that begins at the given index.</summary>
internal static class WordScanner
{
    /// <summary><c>\p{L}*</c></summary>
    public static int SkipLetters(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && CharacterClass.IsLetter(CodePoints.At(text, index, out int step)))
            index += step;
        return index;
    }

    /// <summary><c>\p{N}*</c>, at most so many.</summary>
    public static int SkipNumbers(ReadOnlySpan<char> text, int index, int most = int.MaxValue)
    {
        for (; most > 0 && index < text.Length && CharacterClass.IsNumber(CodePoints.At(text, index, out int step)); most--)
            index += step;
        return index;
    }

    /// <summary><c>[^\s\p{L}\p{N}]*</c></summary>
    public static int SkipSymbols(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && IsSymbol(CodePoints.At(text, index, out int step)))
            index += step;
        return index;
    }

    /// <summary><c>[^\s\p{L}\p{N}]</c></summary>
    public static bool IsSymbol(int codePoint) =>
        !CharacterClass.IsLetter(codePoint) && !CharacterClass.IsNumber(codePoint) && !CharacterClass.IsWhiteSpace(codePoint);

    /// <summary><c>\s*</c></summary>
    public static int SkipWhiteSpace(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && char.IsWhiteSpace(text[index]))
            index++;
        return index;
    }

    /// <summary><c>\s+(?!\S)|\s+</c>: the run, without its last character where something follows and more than one is there.</summary>
    /// <returns>The length of the match; 0 when no white space is at the index.</returns>
    public static int WhiteSpaceLength(ReadOnlySpan<char> text, int index)
    {
        int end = SkipWhiteSpace(text, index);
        return end < text.Length && end - index > 1 ? end - index - 1 : end - index;
    }
}
