using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>The pattern of the pre-tokenizer Whitespace: <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class WordOrSymbolPattern : TextPattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        start = WordScanner.SkipWhiteSpace(text, from);
        length = 0;
        if (start == text.Length)
            return false;
        int end = start;
        bool isWord = CharacterClass.IsWordOrJoiner(CodePoints.At(text, start, out _));
        while (end < text.Length)
        {
            int codePoint = CodePoints.At(text, end, out int step);
            if (CharacterClass.IsWhiteSpace(codePoint) || CharacterClass.IsWordOrJoiner(codePoint) != isWord)
                break;
            end += step;
        }
        length = end - start;
        return true;
    }
}
