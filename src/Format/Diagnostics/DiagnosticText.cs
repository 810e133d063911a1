using System.Globalization;
using System.Text;

namespace MoEQuant.Format.Diagnostics;

/// <summary>Makes text that comes from a file fit for a one-line message.</summary>
public static class DiagnosticText
{
    private const int QuoteLength = 160;
    private const int LineLength = 4000;

    /// <summary>The text in single quotes, on one line; a text beyond 160 characters is cut and its length stated.</summary>
    /// <remarks>
    /// Tensor names and metadata come from files that nobody has checked. A line break inside one could otherwise forge a second
    /// build error, because MSBuild reads the tool's output line by line.
    /// </remarks>
    /// <param name="text">Any text.</param>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder quoted = new("'", Math.Min(text.Length, QuoteLength) + 32);
        AppendLine(quoted, text, QuoteLength);
        return text.Length > QuoteLength
            ? quoted.Append(CultureInfo.InvariantCulture, $"…' ({text.Length} characters)").ToString()
            : quoted.Append('\'').ToString();
    }

    /// <summary>The text with exactly one full stop at its end: messages of the operating system come with and without.</summary>
    /// <param name="text">Any text.</param>
    public static string Sentence(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.TrimEnd(' ', '.') + ".";
    }

    /// <summary>The text on one line: control characters and lone surrogates are written as <c>\uXXXX</c>, and a text beyond 4,000 characters is cut.</summary>
    /// <param name="text">Any text.</param>
    internal static string OneLine(string text)
    {
        StringBuilder line = new(Math.Min(text.Length, LineLength));
        AppendLine(line, text, LineLength);
        return text.Length > LineLength ? line.Append('…').ToString() : line.ToString();
    }

    private static void AppendLine(StringBuilder line, string text, int maximumLength)
    {
        int end = Math.Min(text.Length, maximumLength);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        for (int i = 0; i < end; i++)
        {
            char c = text[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < end && char.IsLowSurrogate(text[i + 1]);
            if (pair)
                line.Append(c).Append(text[++i]);
            else if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
                line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                line.Append(c);
        }
    }
}
