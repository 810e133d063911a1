using System.IO;
using Microsoft.Build.Framework;
using MoEQuant.Build.Tasks.Engine;

namespace MoEQuant.Build.Tasks.Versions;

/// <summary>Asks the engine whether the referenced runtime reads the files that the engine writes: <c>moequant check-runtime</c>. Before a model is packed, because that may take an hour.</summary>
/// <remarks>The engine knows NuGet's rules for versions; this assembly must do without NuGet's libraries, whose current versions do not load in every MSBuild host.</remarks>
[MSBuildMultiThreadableTask]
public sealed class CheckRuntimeVersion : EngineTask
{
    /// <summary>The version of MoEQuant.Runtime. The positional argument VERSION.</summary>
    [Required]
    public string RuntimeVersion { get; set; } = "";

    /// <inheritdoc />
    protected override string GetWorkingDirectory() => Path.GetDirectoryName(ProjectFile)!;

    /// <inheritdoc />
    internal override string FormatArguments() => ResponseFile.Format(["check-runtime", RuntimeVersion, "--log", "msbuild"]);
}
