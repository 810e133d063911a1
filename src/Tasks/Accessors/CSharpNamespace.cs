using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace MoEQuant.Build.Tasks.Accessors;

/// <summary>Makes a legal namespace of a project's RootNamespace, which is often just the file name (<c>sample-app</c>, <c>7b.class</c>).</summary>
internal static class CSharpNamespace
{
    private static readonly HashSet<string> Keywords =
    [
        "abstract", "as", "base", "bool", "break", "byte", "case", "catch", "char", "checked", "class", "const", "continue", "decimal", "default", "delegate", "do",
        "double", "else", "enum", "event", "explicit", "extern", "false", "finally", "fixed", "float", "for", "foreach", "goto", "if", "implicit", "in", "int",
        "interface", "internal", "is", "lock", "long", "namespace", "new", "null", "object", "operator", "out", "override", "params", "private", "protected", "public",
        "readonly", "ref", "return", "sbyte", "sealed", "short", "sizeof", "stackalloc", "static", "string", "struct", "switch", "this", "throw", "true", "try", "typeof",
        "uint", "ulong", "unchecked", "unsafe", "ushort", "using", "virtual", "void", "volatile", "while",
    ];

    /// <param name="rootNamespace">Any text.</param>
    /// <returns>A dotted name of valid identifiers, or an empty string for the global namespace.</returns>
    public static string From(string rootNamespace) =>
        string.Join(".", rootNamespace.Split('.').Select(Identifier).Where(segment => segment.Length > 0));

    private static string Identifier(string segment)
    {
        var identifier = new StringBuilder(segment.Trim());
        for (int i = 0; i < identifier.Length; i++)
            if (!IsIdentifierPart(identifier[i]))
                identifier[i] = '_';
        if (identifier.Length > 0 && !char.IsLetter(identifier[0]) && identifier[0] != '_')
            identifier.Insert(0, '_');
        string text = identifier.ToString();
        return Keywords.Contains(text) ? "@" + text : text;
    }

    private static bool IsIdentifierPart(char character) =>
        char.IsLetterOrDigit(character) && !char.IsSurrogate(character)
        || CharUnicodeInfo.GetUnicodeCategory(character)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.LetterNumber;
}
