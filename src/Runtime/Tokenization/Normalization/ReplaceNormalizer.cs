using System.Text;
using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Replaces every match of a pattern by a fixed string.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public override string Normalize(string text, ref bool keepsStart)
    {
        if (text.Length == 0)
            return text;
        if (pattern is LiteralPattern { Literal.Length: > 0 } literal)
        {
            keepsStart &= content.Length > 0 || !text.StartsWith(literal.Literal, StringComparison.Ordinal);
            return text.Replace(literal.Literal, content, StringComparison.Ordinal);
        }
        var result = new StringBuilder(text.Length);
        foreach (Segment segment in pattern.Segments(text))
        {
            if (!segment.IsMatch)
                result.Append(text, segment.Start, segment.End - segment.Start);
            else
            {
                keepsStart &= content.Length > 0 || segment.Start > 0 || segment.End == 0;
                result.Append(content);
            }
        }
        return result.ToString();
    }
}
