using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>The named sets of code points that patterns can use, as Oniguruma defines them for Unicode.</summary>
internal static class CharacterSetLibrary
{
    private static readonly string[] CategoryNames =
    [
        "Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
        "Sm", "Sc", "Sk", "So", "Cn",
    ];

    private static readonly Dictionary<string, Func<int, bool>> Named = new(StringComparer.Ordinal)
    {
        ["any"] = _ => true,
        ["ascii"] = c => c < 0x80,
        ["letter"] = c => CharacterClass.IsIn(c, CharacterClass.Letter),
        ["mark"] = c => CharacterClass.IsIn(c, CharacterClass.Mark),
        ["number"] = c => CharacterClass.IsIn(c, CharacterClass.Number),
        ["punctuation"] = c => CharacterClass.IsIn(c, CharacterClass.Punctuation),
        ["symbol"] = c => CharacterClass.IsIn(c, Categories("S")),
        ["separator"] = c => CharacterClass.IsIn(c, Categories("Z")),
        ["other"] = c => CharacterClass.IsIn(c, Categories("C")),
        ["digit"] = c => CharacterClass.IsIn(c, Categories("Nd")),
        ["space"] = CharacterClass.IsWhiteSpace,
        ["whitespace"] = CharacterClass.IsWhiteSpace,
        ["blank"] = c => c == '\t' || CharacterClass.IsIn(c, Categories("Zs")),
        ["cntrl"] = c => CharacterClass.IsIn(c, Categories("Cc")),
        ["word"] = CharacterClass.IsWord,
        ["xdigit"] = c => c < 128 && char.IsAsciiHexDigit((char)c),
        ["han"] = ScriptRanges.IsHan,
        ["hiragana"] = ScriptRanges.IsHiragana,
        ["katakana"] = ScriptRanges.IsKatakana,
        ["hangul"] = ScriptRanges.IsHangul,
    };

    /// <summary><c>\h</c>, a hexadecimal digit.</summary>
    public static bool IsHexDigit(int codePoint) => codePoint < 128 && char.IsAsciiHexDigit((char)codePoint);

    /// <summary><c>\d</c>, a decimal digit of any script.</summary>
    public static bool IsDecimalDigit(int codePoint) => CharacterClass.IsIn(codePoint, Categories("Nd"));

    /// <summary><c>\w</c> outside of brackets, which counts the Latin-1 superscripts and fractions in Oniguruma.</summary>
    public static bool IsWordOutsideBrackets(int codePoint) =>
        CharacterClass.IsWord(codePoint) || codePoint is 0xB2 or 0xB3 or 0xB9 or >= 0xBC and <= 0xBE;

    /// <summary>Finds the set of <c>\p{name}</c>: a general category, or one of a few properties and scripts.</summary>
    /// <returns>Null for a name that is not known here.</returns>
    public static Func<int, bool>? Find(string name)
    {
        int categories = Categories(name);
        if (categories != 0)
            return c => CharacterClass.IsIn(c, categories);
        string plain = new([.. name.Where(c => c is not (' ' or '_' or '-')).Select(char.ToLowerInvariant)]);
        return Named.GetValueOrDefault(plain);
    }

    // "L" covers Lu, Ll, Lt, Lm and Lo; "Lu" is one category.
    private static int Categories(string name)
    {
        int categories = 0;
        if (name.Length is 1 or 2)
            for (int i = 0; i < CategoryNames.Length; i++)
                if (CategoryNames[i].StartsWith(name, StringComparison.OrdinalIgnoreCase))
                    categories |= 1 << i;
        return categories;
    }
}
