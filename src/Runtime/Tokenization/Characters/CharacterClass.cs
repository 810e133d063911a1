using System.Globalization;

namespace MoEQuant.Runtime.Tokenization.Characters;

/// <summary>The Unicode classes that pre-tokenizers ask for, for whole code points rather than UTF-16 units.</summary>
internal static class CharacterClass
{
    /// <summary>General categories as bits, for <see cref="IsIn"/>.</summary>
    public const int Letter = 1 << (int)UnicodeCategory.UppercaseLetter | 1 << (int)UnicodeCategory.LowercaseLetter
        | 1 << (int)UnicodeCategory.TitlecaseLetter | 1 << (int)UnicodeCategory.ModifierLetter | 1 << (int)UnicodeCategory.OtherLetter;

    public const int Mark = 1 << (int)UnicodeCategory.NonSpacingMark | 1 << (int)UnicodeCategory.SpacingCombiningMark
        | 1 << (int)UnicodeCategory.EnclosingMark;

    public const int Number = 1 << (int)UnicodeCategory.DecimalDigitNumber | 1 << (int)UnicodeCategory.LetterNumber
        | 1 << (int)UnicodeCategory.OtherNumber;

    public const int Punctuation = 1 << (int)UnicodeCategory.ConnectorPunctuation | 1 << (int)UnicodeCategory.DashPunctuation
        | 1 << (int)UnicodeCategory.OpenPunctuation | 1 << (int)UnicodeCategory.ClosePunctuation
        | 1 << (int)UnicodeCategory.InitialQuotePunctuation | 1 << (int)UnicodeCategory.FinalQuotePunctuation
        | 1 << (int)UnicodeCategory.OtherPunctuation;

    public static bool IsIn(int codePoint, int categories) => (1 << (int)CharUnicodeInfo.GetUnicodeCategory(codePoint) & categories) != 0;

    public static bool IsLetter(int codePoint) => codePoint < 0x80 ? (uint)((codePoint | 0x20) - 'a') < 26 : IsIn(codePoint, Letter);

    public static bool IsNumber(int codePoint) => codePoint < 0x80 ? (uint)(codePoint - '0') < 10 : IsIn(codePoint, Number);

    /// <summary>The property White_Space; all its characters are in the Basic Multilingual Plane.</summary>
    public static bool IsWhiteSpace(int codePoint) => codePoint < 0x10000 && char.IsWhiteSpace((char)codePoint);

    /// <summary>Any P* category or one of the ASCII symbols that count as punctuation.</summary>
    public static bool IsPunctuation(int codePoint) =>
        codePoint < 0x80 ? codePoint is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~' : IsIn(codePoint, Punctuation);

    /// <summary>The property Alphabetic together with all marks: letters, letter numbers and the circled and squared letters among the symbols.</summary>
    public static bool IsAlphabeticOrMark(int codePoint) =>
        IsIn(codePoint, Letter | Mark | 1 << (int)UnicodeCategory.LetterNumber)
        || codePoint is >= 0x24B6 and <= 0x24E9 or >= 0x1F130 and <= 0x1F149 or >= 0x1F150 and <= 0x1F169 or >= 0x1F170 and <= 0x1F189;

    /// <summary>A word character as regular expressions have it (<c>\w</c>): alphabetic, mark, decimal digit, connector punctuation.</summary>
    public static bool IsWord(int codePoint) =>
        codePoint < 0x80
            ? codePoint == '_' || IsLetter(codePoint) || IsNumber(codePoint)
            : IsAlphabeticOrMark(codePoint)
                || IsIn(codePoint, 1 << (int)UnicodeCategory.DecimalDigitNumber | 1 << (int)UnicodeCategory.ConnectorPunctuation);

    /// <summary><c>\w</c> as the Rust regex crate has it, which counts the joiners U+200C and U+200D too.</summary>
    public static bool IsWordOrJoiner(int codePoint) => IsWord(codePoint) || codePoint is 0x200C or 0x200D;
}
