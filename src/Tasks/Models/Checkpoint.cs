using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>A checkpoint's folder as the build step sees it: which files decide the result. What they hold is the engine's business.</summary>
internal static class Checkpoint
{
    // Everything an engine could read from a Hugging Face folder. Other files (a README, .DS_Store, download state) must not cost a new quantization.
    private static readonly string[] Extensions = [".json", ".safetensors", ".model", ".txt", ".jinja"];

    /// <summary>Resolves the folder of a MoEModel item and checks that it can be a checkpoint.</summary>
    /// <param name="declaredPath">The item as written in the project.</param>
    /// <param name="projectDirectory">The project's folder, absolute.</param>
    /// <returns>The absolute path without a separator at its end.</returns>
    /// <exception cref="BuildFailureException">The folder is missing, is a file, or holds no config.json.</exception>
    public static string Locate(string declaredPath, string projectDirectory)
    {
        string folder = Path.GetFullPath(Path.Combine(projectDirectory, declaredPath));
        folder = folder.Length > Path.GetPathRoot(folder)!.Length ? folder.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar) : folder;
        if (File.Exists(folder))
            throw new BuildFailureException(BuildDiagnostics.CheckpointIsFile, $"\"{declaredPath}\" is the file {folder}.");
        if (!Directory.Exists(folder))
            throw new BuildFailureException(BuildDiagnostics.CheckpointMissing, $"\"{declaredPath}\": the folder {folder} does not exist.");
        if (!File.Exists(Path.Combine(folder, "config.json")))
            throw new BuildFailureException(BuildDiagnostics.CheckpointWithoutConfig, $"\"{declaredPath}\": there is no {Path.Combine(folder, "config.json")}.");
        return folder;
    }

    /// <summary>The files of the folder that decide the result, absolute and sorted.</summary>
    public static IReadOnlyList<string> ListFiles(string folder) =>
        [.. Directory.EnumerateFiles(folder)
            .Where(file => Extensions.Contains(Path.GetExtension(file), StringComparer.OrdinalIgnoreCase))
            .OrderBy(file => file, StringComparer.Ordinal)];

    /// <summary>The length of the weight files together, in bytes.</summary>
    public static long WeightBytes(string folder) =>
        ListFiles(folder).Where(file => file.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase)).Sum(file => new FileInfo(file).Length);
}
