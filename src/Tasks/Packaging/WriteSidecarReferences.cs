using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Incremental;
using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Build.Tasks.Packaging;

/// <summary>Writes the resource by which an app knows the packed file beside it; an unchanged one is not touched, so that the compiler stays up to date.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteSidecarReferences : Task
{
    /// <summary>The resolved models that are shipped as files.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        foreach (ITaskItem model in Models)
            StableFile.Write(
                model.GetMetadata(ModelMetadata.ResourceFile),
                SidecarReference.Describe(model.GetMetadata(ModelMetadata.PackedFile), model.GetMetadata(ModelMetadata.SidecarName)));
        return true;
    });
}
