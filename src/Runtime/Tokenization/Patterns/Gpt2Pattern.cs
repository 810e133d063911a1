using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>
/// The word pattern of GPT-2, which ByteLevel uses:
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>. It matches at every position, so the matches cover the text.
/// </summary>
internal sealed class Gpt2Pattern : TextPattern
{
    public const string Source = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public static Gpt2Pattern Instance { get; } = new();

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        start = from;
        length = from < text.Length ? MatchLength(text, from) : 0;
        return length > 0;
    }

    private static int MatchLength(ReadOnlySpan<char> text, int from)
    {
        int contraction = ContractionLength(text[from..]);
        if (contraction > 0)
            return contraction;

        int i = from;
        if (text[i] == ' ' && i + 1 < text.Length)
            i++;
        int codePoint = CodePoints.At(text, i, out int step);
        if (CharacterClass.IsLetter(codePoint))
            return WordScanner.SkipLetters(text, i + step) - from;
        if (CharacterClass.IsNumber(codePoint))
            return WordScanner.SkipNumbers(text, i + step) - from;
        if (!CharacterClass.IsWhiteSpace(codePoint))
            return WordScanner.SkipSymbols(text, i + step) - from;
        return WordScanner.WhiteSpaceLength(text, from);
    }

    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '\'')
            return 0;
        if (text[1] is 's' or 't' or 'm' or 'd')
            return 2;
        return text.Length > 2 && (text[1], text[2]) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }
}
