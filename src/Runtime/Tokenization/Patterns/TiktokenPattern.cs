using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>
/// The word pattern of cl100k and its descendants (OLMo 2, Llama 3, Qwen):
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,n}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>, with n 1 or 3.
/// It matches at every position, so the matches cover the text.
/// </summary>
/// <param name="mostDigits">The n of the pattern: how many digits make a token at most.</param>
internal sealed class TiktokenPattern(int mostDigits) : TextPattern
{
    private const string Head = @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|";
    private const string Tail = @"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string SourceWithThreeDigits = Head + @"\p{N}{1,3}" + Tail;

    public const string SourceWithOneDigit = Head + @"\p{N}" + Tail;

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        start = from;
        length = from < text.Length ? MatchLength(text, from) : 0;
        return length > 0;
    }

    private int MatchLength(ReadOnlySpan<char> text, int from)
    {
        int contraction = ContractionLength(text[from..]);
        if (contraction > 0)
            return contraction;

        int first = CodePoints.At(text, from, out int step);
        if (CharacterClass.IsLetter(first))
            return WordScanner.SkipLetters(text, from + step) - from;
        if (CharacterClass.IsNumber(first))
            return WordScanner.SkipNumbers(text, from, mostDigits) - from;
        if (first is not ('\r' or '\n'))
        {
            int word = WordScanner.SkipLetters(text, from + step);
            if (word > from + step)
                return word - from;
        }

        int symbols = WordScanner.SkipSymbols(text, first == ' ' ? from + 1 : from);
        if (symbols > (first == ' ' ? from + 1 : from))
            return SkipLineBreaks(text, symbols) - from;
        return LinesLength(text, from) is > 0 and int lines ? lines : WordScanner.WhiteSpaceLength(text, from);
    }

    private static int SkipLineBreaks(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && text[index] is '\r' or '\n')
            index++;
        return index;
    }

    /// <summary><c>\s*[\r\n]+</c>: up to the last line break of the run of white space.</summary>
    private static int LinesLength(ReadOnlySpan<char> text, int from)
    {
        int end = WordScanner.SkipWhiteSpace(text, from);
        return text[from..end].LastIndexOfAny('\r', '\n') + 1;
    }

    // Case folding makes U+017F, the long s, equal to s. No other character gets an ASCII letter by setting its sixth bit.
    private static int ContractionLength(ReadOnlySpan<char> text)
    {
        if (text.Length < 2 || text[0] != '\'')
            return 0;
        char first = text[1] == '\u017F' ? 's' : (char)(text[1] | 0x20);
        if (first is 's' or 't' or 'm' or 'd')
            return 2;
        return text.Length > 2 && (first, (char)(text[2] | 0x20)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 3 : 0;
    }
}
