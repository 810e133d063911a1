using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Parses a pattern. What this parser does not know it refuses by name, it never guesses.</summary>
internal sealed class RegexParser
{
    private const int DeepestNesting = 50;

    // The longest pattern in use lists the letters of DeepSeek in about 1,500 characters.
    private const int LongestPattern = 50_000;

    private readonly PatternReader _reader;
    private readonly CharacterSetParser _sets;
    private bool _ignoreCase;
    private bool _dotMatchesLineFeed;
    private int _depth;

    private RegexParser(string source)
    {
        _reader = new PatternReader(source);
        _sets = new CharacterSetParser(_reader);
    }

    /// <exception cref="MoEQuantException">The pattern is malformed or uses a construct that is not supported.</exception>
    public static RegexNode Parse(string source)
    {
        var parser = new RegexParser(source);
        if (source.Length > LongestPattern)
            throw parser._reader.Unsupported($"more than {LongestPattern} characters");
        RegexNode root = parser.ParseAlternation();
        return parser._reader.AtEnd ? root : throw parser._reader.Unsupported("a closing parenthesis without its partner");
    }

    private RegexNode ParseAlternation()
    {
        if (++_depth > DeepestNesting)
            throw _reader.Unsupported($"groups nested deeper than {DeepestNesting}");
        var alternatives = new List<RegexNode> { ParseSequence() };
        while (_reader.TryTake('|'))
            alternatives.Add(ParseSequence());
        _depth--;
        return alternatives.Count == 1 ? alternatives[0] : new AlternationNode(alternatives);
    }

    private RegexNode ParseSequence()
    {
        var parts = new List<RegexNode>();
        while (!_reader.AtEnd && _reader.Peek() is not ('|' or ')'))
        {
            RegexNode? atom = ParseAtom();
            if (atom is not null)
                parts.Add(ParseRepetitions(atom));
        }
        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    private RegexNode? ParseAtom()
    {
        int next = _reader.Take();
        switch (next)
        {
            case '(':
                return ParseGroup();
            case '[':
                return new SetNode(new CodePointSet(_sets.ParseBrackets(_ignoreCase)));
            case '.':
                bool all = _dotMatchesLineFeed;
                return new SetNode(new CodePointSet(c => all || c != '\n'));
            case '^':
                return new AssertionNode(RegexAssertion.LineStart);
            case '$':
                return new AssertionNode(RegexAssertion.LineEnd);
            case '*' or '+' or '?':
                throw _reader.Unsupported($"'{(char)next}' with nothing to repeat");
            case '\\':
                return ParseEscape();
            default:
                return Literal(next);
        }
    }

    private SetNode Literal(int codePoint) => new(new CodePointSet(CaseFolding.Set(c => c == codePoint, codePoint, _ignoreCase)));

    private RegexNode ParseEscape()
    {
        if (_reader.AtEnd)
            throw _reader.Unsupported("a backslash at the end");
        RegexAssertion? assertion = _reader.Peek() switch
        {
            'A' => RegexAssertion.TextStart,
            'z' => RegexAssertion.TextEnd,
            'Z' => RegexAssertion.TextEndOrLastLine,
            'b' => RegexAssertion.WordBoundary,
            'B' => RegexAssertion.NoWordBoundary,
            _ => null,
        };
        if (assertion is not null)
        {
            _reader.Take();
            return new AssertionNode(assertion.Value);
        }
        if (_reader.TryTake('w'))
            return new SetNode(new CodePointSet(CharacterSetLibrary.IsWordOutsideBrackets));
        if (_reader.TryTake('W'))
            return new SetNode(new CodePointSet(c => !CharacterSetLibrary.IsWordOutsideBrackets(c)));
        if (_sets.TryParseSetEscape() is { } set)
            return new SetNode(new CodePointSet(CaseFolding.Set(set, null, _ignoreCase)));
        return Literal(_sets.ParseCharacterEscape());
    }

    private RegexNode? ParseGroup()
    {
        if (!_reader.TryTake('?'))
            return Close(ParseAlternation());
        if (_reader.TryTake('#'))
        {
            while (_reader.Take() != ')')
                continue;
            return null;
        }
        if (_reader.TryTake(':'))
            return Close(ParseAlternation());
        if (_reader.TryTake('>'))
            return new AtomicNode(Close(ParseAlternation()));
        if (_reader.TryTake('='))
            return new LookNode(Close(ParseAlternation()), IsBehind: false, IsNegative: false);
        if (_reader.TryTake('!'))
            return new LookNode(Close(ParseAlternation()), IsBehind: false, IsNegative: true);
        if (_reader.TryTake("<="))
            return new LookNode(Close(ParseAlternation()), IsBehind: true, IsNegative: false);
        if (_reader.TryTake("<!"))
            return new LookNode(Close(ParseAlternation()), IsBehind: true, IsNegative: true);
        if (_reader.TryTake('<'))
        {
            // A named group is a group: nothing here refers to names.
            while (_reader.Take() != '>')
                continue;
            return Close(ParseAlternation());
        }
        return ParseOptions();
    }

    private RegexNode? ParseOptions()
    {
        (bool ignoreCase, bool dot) = (_ignoreCase, _dotMatchesLineFeed);
        bool on = true;
        while (true)
        {
            int next = _reader.Take();
            switch (next)
            {
                case '-':
                    on = false;
                    break;
                case 'i':
                    _ignoreCase = on;
                    break;
                case 'm':
                    _dotMatchesLineFeed = on;
                    break;
                case ')':
                    // In Ruby's syntax a(?i)b|c is a(?i:b|c); the end of the enclosing group ends it.
                    RegexNode rest = ParseAlternation();
                    (_ignoreCase, _dotMatchesLineFeed) = (ignoreCase, dot);
                    return rest;
                case ':':
                    RegexNode group = Close(ParseAlternation());
                    (_ignoreCase, _dotMatchesLineFeed) = (ignoreCase, dot);
                    return group;
                default:
                    throw _reader.Unsupported($"the group (?{char.ConvertFromUtf32(next)}");
            }
        }
    }

    private RegexNode Close(RegexNode group) => _reader.TryTake(')') ? group : throw _reader.Unsupported("a group without its closing parenthesis");

    private RegexNode ParseRepetitions(RegexNode atom)
    {
        RegexNode node = atom;
        for (int stacked = 0; _reader.TryTakeRepetition(out int minimum, out int maximum, out bool braces); stacked++)
        {
            if (stacked > 2)
                throw _reader.Unsupported("more than three repetitions of one part");
            var mode = RepeatMode.Greedy;
            // In Ruby's syntax x{2}+ repeats x{2}; only x*+, x++ and x?+ are possessive. And x{2}? makes x{2} optional.
            if (braces && minimum == maximum && _reader.TryTake('?'))
                node = new RepeatNode(new RepeatNode(node, minimum, maximum, mode), 0, 1, mode);
            else
            {
                if (_reader.TryTake('?'))
                    mode = RepeatMode.Lazy;
                else if (!braces && _reader.TryTake('+'))
                    mode = RepeatMode.Possessive;
                node = new RepeatNode(node, minimum, maximum, mode);
            }
        }
        return node;
    }
}
