using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Checks conditions on a position.</summary>
internal static class RegexAssertions
{
    public static bool Holds(RegexAssertion assertion, ReadOnlySpan<char> text, int position) => assertion switch
    {
        RegexAssertion.LineStart => position == 0 || position < text.Length && text[position - 1] == '\n',
        RegexAssertion.LineEnd => position == text.Length || text[position] == '\n',
        RegexAssertion.TextStart => position == 0,
        RegexAssertion.TextEnd => position == text.Length,
        RegexAssertion.TextEndOrLastLine => position == text.Length || position == text.Length - 1 && text[position] == '\n',
        RegexAssertion.WordBoundary => IsWordBoundary(text, position),
        _ => !IsWordBoundary(text, position),
    };

    private static bool IsWordBoundary(ReadOnlySpan<char> text, int position)
    {
        bool before = position > 0 && CharacterSetLibrary.IsWordOutsideBrackets(CodePoints.Before(text, position, out _));
        bool behind = position < text.Length && CharacterSetLibrary.IsWordOutsideBrackets(CodePoints.At(text, position, out _));
        return before != behind;
    }
}
