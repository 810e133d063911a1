using System.Globalization;
using System.Text;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>Derives the name under which user code sees a model.</summary>
internal static class ModelName
{
    /// <summary>Longest accessor name: file systems limit a file name to 255 bytes, and extensions and temporary suffixes are appended to it.</summary>
    public const int MaximumLength = 100;

    /// <summary>Turns a folder name or Name metadata into an accessor name such as <c>TinyOlmoe</c>.</summary>
    /// <param name="text">Any text, for example <c>tiny-olmoe</c>.</param>
    /// <returns>
    /// The words of <paramref name="text"/>, each beginning with a capital, without separators; two digits that a separator kept apart stay apart by an underscore
    /// (<c>v2.5</c> is not <c>v25</c>). It is only ever used after a prefix (<c>Load</c>), so a leading digit and a C# keyword need no special case.
    /// </returns>
    /// <exception cref="BuildFailureException">No letter or digit remains, or more than <see cref="MaximumLength"/> characters.</exception>
    public static string Derive(string text)
    {
        var name = new StringBuilder(text.Length);
        bool wordBegins = true;
        foreach (char character in text)
        {
            if (IsIgnored(character))
                continue;
            if (!IsIdentifierPart(character) || (name.Length == 0 && !char.IsLetterOrDigit(character)))
            {
                wordBegins = true;
                continue;
            }

            if (wordBegins && name.Length > 0 && IsDigit(character) && IsDigit(name[name.Length - 1]))
                name.Append('_');
            name.Append(wordBegins ? char.ToUpperInvariant(character) : character);
            wordBegins = false;
        }

        if (name.Length == 0)
            throw new BuildFailureException(BuildDiagnostics.NameInvalid, $"The name \"{text}\" has no letter or digit.");
        if (name.Length > MaximumLength)
            throw new BuildFailureException(BuildDiagnostics.NameInvalid, $"The name \"{text}\" gives an accessor name of {name.Length} characters.");
        return name.ToString();
    }

    private static bool IsDigit(char character) => CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.DecimalDigitNumber;

    // C# ignores formatting characters when it compares identifiers.
    private static bool IsIgnored(char character) => CharUnicodeInfo.GetUnicodeCategory(character) == UnicodeCategory.Format;

    // The C# specification's identifier-part characters without connectors, which separate words here. Surrogate pairs are not allowed in C# identifiers.
    private static bool IsIdentifierPart(char character) => CharUnicodeInfo.GetUnicodeCategory(character) switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
            or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber => true,
        _ => false,
    };
}
