using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace MoEQuant.Build.Tasks.Incremental;

/// <summary>The text that changes exactly when a model must be quantized again. MSBuild compares file times only: options and removed files are invisible to it otherwise.</summary>
internal static class Fingerprint
{
    /// <param name="folder">The checkpoint's folder as the project names it: packages of two versions hold files of one name, often one size, and always one time.</param>
    /// <param name="arguments">The switches that decide the result.</param>
    /// <param name="engineFiles">The engine's binaries, absolute.</param>
    /// <param name="checkpointFiles">The checkpoint's files and those that options name, absolute.</param>
    /// <returns>
    /// Lines with LF ends: folder, switches, then the engine's files by content (all files of a package have the same time, and a rebuilt assembly often the same size),
    /// then the checkpoint's files by size in bytes and UTC time (too large to read in every build); sorted by name.
    /// </returns>
    public static string Compute(string folder, IEnumerable<string> arguments, IEnumerable<string> engineFiles, IEnumerable<string> checkpointFiles)
    {
        var text = new StringBuilder("MoEQuant.Build fingerprint 3\n");
        text.Append("folder ").Append(folder.Replace('\\', '/').TrimEnd('/')).Append('\n');
        foreach (string argument in arguments)
            text.Append("argument ").Append(argument).Append('\n');
        foreach (FileInfo file in Sorted(engineFiles))
            text.Append("engine ").Append(Hash(file)).Append(' ').Append(file.Name).Append('\n');
        foreach (FileInfo file in Sorted(checkpointFiles))
            text.Append("checkpoint ")
                // A missing text is for the engine to report.
                .Append(file.Exists ? file.Length.ToString(CultureInfo.InvariantCulture) : "missing").Append(' ')
                .Append(file.LastWriteTimeUtc.ToString("O", CultureInfo.InvariantCulture)).Append(' ')
                .Append(file.Name).Append('\n');
        return text.ToString();
    }

    private static IEnumerable<FileInfo> Sorted(IEnumerable<string> files) => files.Select(path => new FileInfo(path)).OrderBy(file => file.Name, StringComparer.Ordinal);

    private static string Hash(FileInfo file)
    {
        using SHA256 algorithm = SHA256.Create();
        using FileStream stream = file.OpenRead();
        return BitConverter.ToString(algorithm.ComputeHash(stream)).Replace("-", "").ToLowerInvariant();
    }
}
