namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>Searches for a fixed string. The empty string matches at every character, as it does in a regular expression.</summary>
internal sealed class LiteralPattern(string literal) : TextPattern
{
    /// <summary>The string searched for.</summary>
    public string Literal => literal;

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        int found = text[from..].IndexOf(literal, StringComparison.Ordinal);
        start = from + found;
        length = literal.Length;
        return found >= 0;
    }
}
