using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>
/// A regular expression in the subset of Oniguruma's Ruby syntax that tokenizers use, matched on whole code points. System.Text.RegularExpressions is not
/// used, because it works on UTF-16 units: <c>\p{L}</c> would miss the letters beyond the Basic Multilingual Plane, and <c>\s</c>, <c>$</c>, <c>\w</c> and
/// possessive repetition differ.
/// </summary>
internal sealed class RegexPattern : TextPattern
{
    private const int StackFrames = 32;
    private readonly RegexProgram _program;

    private RegexPattern(RegexProgram program) => _program = program;

    /// <exception cref="MoEQuant.Format.Diagnostics.MoEQuantException">The pattern is malformed or uses a construct that is not supported.</exception>
    public static RegexPattern Parse(string source) => new(RegexCompiler.Compile(source, RegexParser.Parse(source)));

    public override bool TryFind(ReadOnlySpan<char> text, int from, out int start, out int length)
    {
        Span<int> registers = _program.RegisterCount == 0 ? default : new int[_program.RegisterCount];
        var matcher = new RegexMatcher(_program, text, stackalloc RegexFrame[StackFrames], registers);
        start = text.Length;
        length = -1;
        for (int i = from; i <= text.Length;)
        {
            if (_program.First is not null)
            {
                i = Skip(text, i, _program.First, members: false);
                if (i == text.Length)
                    break;
            }
            int end = matcher.MatchAt(i);
            if (end >= 0)
            {
                start = i;
                length = end - i;
                break;
            }
            if (_program.LeadingLoop is not null)
                i = Skip(text, i, _program.LeadingLoop, members: true);
            if (i == text.Length)
                break;
            CodePoints.At(text, i, out int step);
            i += step;
        }
        matcher.Dispose();
        return length >= 0;
    }

    private static int Skip(ReadOnlySpan<char> text, int index, CodePointSet set, bool members)
    {
        while (index < text.Length && set.Contains(CodePoints.At(text, index, out int step)) == members)
            index += step;
        return index;
    }
}
