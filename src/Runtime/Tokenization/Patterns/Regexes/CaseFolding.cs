using System.Text;

namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>
/// Makes sets ignore case by simple case folding: a code point is a member when one of its case variants is. So <c>(?i:s)</c> holds s, S and the long s
/// U+017F. Foldings of one character to several (ß to ss) are left out; no word pattern in use depends on them.
/// </summary>
internal static class CaseFolding
{
    /// <param name="set">The set.</param>
    /// <param name="literal">The one code point that the set holds, where it holds one.</param>
    /// <param name="ignoreCase">False returns the set as it is.</param>
    public static Func<int, bool> Set(Func<int, bool> set, int? literal, bool ignoreCase)
    {
        if (!ignoreCase)
            return set;
        if (literal is { } only)
        {
            int folded = Fold(only);
            return c => Fold(c) == folded;
        }
        return c => set(c) || set(Lower(c)) || set(Upper(c)) || set(Fold(c)) || set(Upper(Fold(c)));
    }

    /// <summary>The lower case of the upper case: equal for all case variants of a letter. .NET leaves out the two that lead into ASCII, long s and Kelvin.</summary>
    private static int Fold(int codePoint) => codePoint switch
    {
        0x17F => 's',
        0x212A => 'k',
        _ => Lower(Upper(codePoint)),
    };

    private static int Lower(int codePoint) => Rune.IsValid(codePoint) ? Rune.ToLowerInvariant(new Rune(codePoint)).Value : codePoint;

    private static int Upper(int codePoint) => Rune.IsValid(codePoint) ? Rune.ToUpperInvariant(new Rune(codePoint)).Value : codePoint;
}
