using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Parses sets in brackets and the escapes that stand for characters and sets.</summary>
internal sealed class CharacterSetParser(PatternReader reader)
{
    private const int DeepestNesting = 20;
    private int _depth;

    /// <summary>Parses what follows an opening bracket, up to its closing one.</summary>
    public Func<int, bool> ParseBrackets(bool ignoreCase)
    {
        if (++_depth > DeepestNesting)
            throw reader.Unsupported($"brackets nested deeper than {DeepestNesting}");
        bool negated = reader.TryTake('^');
        var intersected = new List<Func<int, bool>>();
        var builder = new CharacterSetBuilder();
        for (bool first = true; first || !reader.TryTake(']'); first = false)
        {
            if (reader.TryTake("&&"))
            {
                intersected.Add(builder.Build());
                builder = new CharacterSetBuilder();
            }
            else
                ParseItem(builder);
        }
        _depth--;
        Func<int, bool> set = builder.Build();
        if (intersected.Count > 0)
        {
            intersected.Add(set);
            Func<int, bool>[] all = [.. intersected];
            set = c => Array.TrueForAll(all, one => one(c));
        }
        Func<int, bool> folded = CaseFolding.Set(set, null, ignoreCase);
        return negated ? c => !folded(c) : folded;
    }

    /// <summary>Takes an escape that stands for a set, behind its backslash.</summary>
    /// <returns>Null, with nothing taken, where the escape stands for a character.</returns>
    public Func<int, bool>? TryParseSetEscape()
    {
        Func<int, bool>? set = reader.Peek() switch
        {
            's' => CharacterClass.IsWhiteSpace,
            'S' => c => !CharacterClass.IsWhiteSpace(c),
            'd' => CharacterSetLibrary.IsDecimalDigit,
            'D' => c => !CharacterSetLibrary.IsDecimalDigit(c),
            'w' => CharacterClass.IsWord,
            'W' => c => !CharacterClass.IsWord(c),
            'h' => CharacterSetLibrary.IsHexDigit,
            'H' => c => !CharacterSetLibrary.IsHexDigit(c),
            _ => null,
        };
        if (set is not null)
            reader.Take();
        else if (reader.Peek() is 'p' or 'P')
            set = ParseProperty();
        return set;
    }

    /// <summary>Takes an escape that stands for a character, behind its backslash.</summary>
    public int ParseCharacterEscape()
    {
        int next = reader.Take();
        switch (next)
        {
            case 't':
                return '\t';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 'f':
                return '\f';
            case 'v':
                return '\v';
            case 'a':
                return '\a';
            case 'e':
                return 0x1B;
            case 'u':
                return reader.TakeHex(4);
            case 'x' when reader.TryTake('{'):
                int value = reader.TakeHex(0);
                return reader.TryTake('}') ? value : throw reader.Unsupported("a malformed hexadecimal escape");
            case 'x':
                return reader.TakeHex(2);
            default:
                // Letters and digits are escapes with a meaning: back-references, \R, \X, \K, \G and the like.
                return next < 128 && char.IsAsciiLetterOrDigit((char)next) ? throw reader.Unsupported($"the escape \\{(char)next}") : next;
        }
    }

    private void ParseItem(CharacterSetBuilder builder)
    {
        if (reader.LooksAt("[:") && TryParsePosix(builder))
            return;
        if (reader.TryTake('['))
        {
            builder.Add(ParseBrackets(ignoreCase: false));
            return;
        }
        if (reader.TryTake('\\'))
        {
            if (reader.AtEnd)
                throw reader.Unsupported("a backslash at the end");
            // Inside of brackets \b is the backspace.
            if (reader.TryTake('b'))
                AddCharacterOrRange(builder, '\b');
            else if (TryParseSetEscape() is { } set)
                builder.Add(set);
            else
                AddCharacterOrRange(builder, ParseCharacterEscape());
            return;
        }
        AddCharacterOrRange(builder, reader.Take());
    }

    private void AddCharacterOrRange(CharacterSetBuilder builder, int first)
    {
        if (!reader.LooksAt("-") || reader.LooksAt("-]") || reader.LooksAt("-&&") || reader.LooksAt("-["))
        {
            builder.Add(first, first);
            return;
        }
        reader.Take();
        int last = reader.Take();
        if (last == '\\')
            last = TryParseSetEscape() is null ? ParseCharacterEscape() : throw reader.Unsupported("a range that ends with a set");
        if (last < first)
            throw reader.Unsupported("a range whose end comes before its begin");
        builder.Add(first, last);
    }

    private bool TryParsePosix(CharacterSetBuilder builder)
    {
        reader.TryTake("[:");
        bool negated = reader.TryTake('^');
        string? name = reader.TakeThrough(':');
        Func<int, bool>? set = name is "digit" or "space" or "blank" or "cntrl" or "word" or "xdigit" ? CharacterSetLibrary.Find(name) : null;
        if (set is null || !reader.TryTake(']'))
            throw reader.Unsupported($"the bracket [:{name}:]");
        builder.Add(negated ? c => !set(c) : set);
        return true;
    }

    private Func<int, bool> ParseProperty()
    {
        bool negated = reader.Take() == 'P';
        if (!reader.TryTake('{'))
            throw reader.Unsupported("\\p without braces");
        negated ^= reader.TryTake('^');
        string? name = reader.TakeThrough('}');
        Func<int, bool> set = (name is null ? null : CharacterSetLibrary.Find(name)) ?? throw reader.Unsupported($"the property \\p{{{name}}}");
        return negated ? c => !set(c) : set;
    }
}
