using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Incremental;
using MoEQuant.Build.Tasks.Models;
using MoEQuant.Build.Tasks.Packaging;

namespace MoEQuant.Build.Tasks.Accessors;

/// <summary>Writes the accessor class; an unchanged file is not touched, so that the compiler stays up to date.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteMoEModelAccessor : Task
{
    /// <summary>The resolved models.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The C# file to write, absolute.</summary>
    [Required]
    public string SourceFile { get; set; } = "";

    /// <summary>The namespace of the accessor class; empty for the global one.</summary>
    public string Namespace { get; set; } = "";

    /// <summary>The project's LangVersion; empty for the compiler's own.</summary>
    public string LanguageVersion { get; set; } = "";

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        var accessors = Models.Select(model => new ModelAccessor(
            model.GetMetadata(ModelMetadata.AccessorName), model.GetMetadata(ModelMetadata.LogicalName), model.GetMetadata(ModelMetadata.DeclaredPath),
            model.GetMetadata(ModelMetadata.Packaging) == ModelPackaging.Sidecar));
        StableFile.Write(SourceFile, AccessorSource.Generate(Namespace, CSharpVersion.Parse(LanguageVersion), accessors));
        return true;
    });
}
