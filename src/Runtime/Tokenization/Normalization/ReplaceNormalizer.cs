using System.Text;
using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Replaces every match of a pattern by a fixed string.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    public override string Normalize(string text, NormalizationState state)
    {
        if (text.Length == 0)
            return text;
        if (pattern is LiteralPattern literal && literal.Literal.Length >= content.Length && content.Length > 0)
            return text.Replace(literal.Literal, content, StringComparison.Ordinal);
        var result = new StringBuilder(text.Length);
        foreach (Segment segment in pattern.Segments(text))
        {
            if (!segment.IsMatch)
            {
                result.Append(text, segment.Start, segment.End - segment.Start);
                continue;
            }
            if (content.Length == 0 && segment.Start == 0 && segment.End > 0)
                state.DropStart();
            state.CheckLength((long)result.Length + content.Length);
            result.Append(content);
        }
        return result.ToString();
    }
}
