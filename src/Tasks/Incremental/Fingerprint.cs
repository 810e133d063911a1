using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;

namespace MoEQuant.Build.Tasks.Incremental;

/// <summary>The text that changes exactly when a model must be quantized again. MSBuild compares file times only: options and removed files are invisible to it otherwise.</summary>
internal static class Fingerprint
{
    /// <param name="arguments">The switches that decide the result.</param>
    /// <param name="engineFiles">The engine's binaries, absolute.</param>
    /// <param name="checkpointFiles">The checkpoint's files, absolute.</param>
    /// <returns>Lines with LF ends: switches, then name, size in bytes and UTC time of every file, sorted by name.</returns>
    public static string Compute(IEnumerable<string> arguments, IEnumerable<string> engineFiles, IEnumerable<string> checkpointFiles)
    {
        var text = new StringBuilder("MoEQuant.Build fingerprint 1\n");
        foreach (string argument in arguments)
            text.Append("argument ").Append(argument).Append('\n');
        AppendFiles(text, "engine", engineFiles);
        AppendFiles(text, "checkpoint", checkpointFiles);
        return text.ToString();
    }

    private static void AppendFiles(StringBuilder text, string kind, IEnumerable<string> files)
    {
        foreach (FileInfo file in files.Select(path => new FileInfo(path)).OrderBy(file => file.Name, System.StringComparer.Ordinal))
            text.Append(kind).Append(' ')
                .Append(file.Length.ToString(CultureInfo.InvariantCulture)).Append(' ')
                .Append(file.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture)).Append(' ')
                .Append(file.Name).Append('\n');
    }
}
