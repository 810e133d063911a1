using System.Collections.Generic;
using System.Text;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>Arguments in the form in which the engine's parser (System.CommandLine) reads a response file.</summary>
internal static class ResponseFile
{
    /// <param name="arguments">The arguments; none may be empty.</param>
    /// <returns>One argument per line, in quotation marks because the parser splits lines at spaces; LF line ends.</returns>
    /// <exception cref="BuildFailureException">An argument holds a quotation mark or a line break, for which the format has no escape.</exception>
    public static string Format(IEnumerable<string> arguments)
    {
        var text = new StringBuilder();
        foreach (string argument in arguments)
        {
            if (argument.IndexOfAny(['"', '\n', '\r']) >= 0)
                throw new BuildFailureException(BuildDiagnostics.ArgumentNotRepresentable, $"The value is: {argument.Replace('\n', ' ').Replace('\r', ' ')}.");
            // A switch needs no quotation marks; with them a line that begins with '#' or '@' cannot be taken for a comment or another response file.
            text.Append(argument.StartsWith("--", System.StringComparison.Ordinal) && argument.IndexOf(' ') < 0 ? argument : '"' + argument + '"').Append('\n');
        }

        return text.ToString();
    }
}
