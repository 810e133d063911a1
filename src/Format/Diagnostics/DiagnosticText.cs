using System.Globalization;
using System.Text;

namespace MoEQuant.Format.Diagnostics;

/// <summary>Makes text that comes from a file fit for a one-line message.</summary>
public static class DiagnosticText
{
    private const int MaximumLength = 160;

    /// <summary>The text in single quotes; control characters and lone surrogates are written as <c>\uXXXX</c>, and a long text is cut with its length stated.</summary>
    /// <remarks>
    /// Tensor names and metadata come from files that nobody has checked. A line break inside one could otherwise forge a second
    /// build error, because MSBuild reads the tool's output line by line.
    /// </remarks>
    /// <param name="text">Any text.</param>
    /// <returns>One line of at most about 1,000 characters.</returns>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        StringBuilder quoted = new("'", Math.Min(text.Length, MaximumLength) + 32);
        int end = Math.Min(text.Length, MaximumLength);
        if (end < text.Length && char.IsHighSurrogate(text[end - 1]))
            end--;
        for (int i = 0; i < end; i++)
        {
            char c = text[i];
            bool pair = char.IsHighSurrogate(c) && i + 1 < end && char.IsLowSurrogate(text[i + 1]);
            if (pair)
                quoted.Append(c).Append(text[++i]);
            else if (char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029')
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                quoted.Append(c);
        }

        return end < text.Length
            ? quoted.Append(CultureInfo.InvariantCulture, $"…' ({text.Length} characters)").ToString()
            : quoted.Append('\'').ToString();
    }
}
