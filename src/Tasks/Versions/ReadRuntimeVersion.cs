using System;
using System.IO;
using System.Linq;
using System.Reflection;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Incremental;

namespace MoEQuant.Build.Tasks.Versions;

/// <summary>Finds the version of MoEQuant.Runtime that a project references and writes it to a file, only when it differs.</summary>
[MSBuildMultiThreadableTask]
public sealed class ReadRuntimeVersion : Task
{
    private const string RuntimeName = "MoEQuant.Runtime";

    /// <summary>Everything that the compiler references, with the metadata that NuGet's targets attach.</summary>
    [Required]
    public ITaskItem[] References { get; set; } = [];

    /// <summary>The file to write, absolute.</summary>
    [Required]
    public string VersionFile { get; set; } = "";

    /// <summary>Whether a project without the runtime is an error. The package brings it, so that only a setting of the project can hide it.</summary>
    public bool IsRequired { get; set; }

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The version, or empty when the project does not reference the runtime.</summary>
    [Output]
    public string RuntimeVersion { get; private set; } = "";

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        ITaskItem? runtime = References.FirstOrDefault(reference => string.Equals(Path.GetFileNameWithoutExtension(reference.ItemSpec), RuntimeName, StringComparison.OrdinalIgnoreCase));
        if (runtime is null && IsRequired)
            throw new BuildFailureException(BuildDiagnostics.RuntimeNotReferenced, $"The compiler gets {References.Length} references, and {RuntimeName} is not among them.");
        if (runtime is null)
            return true;
        RuntimeVersion = VersionOf(runtime);
        StableFile.Write(VersionFile, RuntimeVersion);
        return true;
    });

    // A package's own version says more than its assembly's; a reference to a project or file has the latter only.
    private static string VersionOf(ITaskItem reference)
    {
        bool isPackage = string.Equals(reference.GetMetadata("NuGetPackageId"), RuntimeName, StringComparison.OrdinalIgnoreCase);
        string version = isPackage ? reference.GetMetadata("NuGetPackageVersion") : "";
        return version.Length > 0 ? version : AssemblyName.GetAssemblyName(reference.ItemSpec).Version!.ToString(3);
    }
}
