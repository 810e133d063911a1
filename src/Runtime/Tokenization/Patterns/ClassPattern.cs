using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>Matches single code points of a class; never more than one at a time.</summary>
/// <param name="isMember">Decides about a code point.</param>
internal sealed class ClassPattern(Func<int, bool> isMember) : TextPattern
{
    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        for (int i = from; i < text.Length; i += length)
        {
            if (isMember(CodePoints.At(text, i, out length)))
            {
                start = i;
                return true;
            }
        }
        start = text.Length;
        length = 0;
        return false;
    }
}
