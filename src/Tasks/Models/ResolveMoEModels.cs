using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Packaging;

namespace MoEQuant.Build.Tasks.Models;

/// <summary>Checks the project's <c>MoEModel</c> items and decides names and paths of everything that is made from them. Reads no weights and writes nothing.</summary>
[MSBuildMultiThreadableTask]
public sealed class ResolveMoEModels : Task
{
    // Metadata that IDEs and the SDK attach to any item.
    private static readonly HashSet<string> ForeignMetadata = new(StringComparer.OrdinalIgnoreCase) { "Visible", "Link", "LinkBase", "SubType", "DependentUpon" };

    // Metadata for the build step itself; the engine never sees them.
    private static readonly HashSet<string> OwnMetadata = new(StringComparer.OrdinalIgnoreCase) { ModelMetadata.Packaging };

    /// <summary>The <c>MoEModel</c> items.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The project file, absolute; relative models are found from its folder, and messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The folder below obj for everything the build step makes, absolute.</summary>
    [Required]
    public string IntermediateFolder { get; set; } = "";

    /// <summary>The project's language as MSBuild names it, <c>C#</c>.</summary>
    [Required]
    public string Language { get; set; } = "";

    /// <summary>The packaging of models that say nothing about it: Embed, Sidecar or Auto; empty is Auto.</summary>
    public string DefaultPackaging { get; set; } = "";

    /// <summary>What computes for models that say nothing about it; empty is the engine's default.</summary>
    public string DefaultDevice { get; set; } = "";

    /// <summary>The name of the project's assembly. Files beside an app carry it, so that two libraries may have models of one name.</summary>
    [Required]
    public string AssemblyName { get; set; } = "";

    /// <summary>One item per valid model; its specification is the fingerprint file's path, its metadata are the names of <see cref="ModelMetadata"/>.</summary>
    [Output]
    public ITaskItem[] ResolvedModels { get; private set; } = [];

    /// <summary>The files that decide each model's result, those of the checkpoint and those that options name, with metadata <c>PackedFile</c>.</summary>
    [Output]
    public ITaskItem[] CheckpointFiles { get; private set; } = [];

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, ResolveAll);

    private bool ResolveAll()
    {
        if (Language != "C#")
            throw new BuildFailureException(BuildDiagnostics.LanguageNotSupported, $"The project's language is \"{Language}\".");

        var resolved = new List<ITaskItem>();
        // Case-insensitive, because the name is a file name too.
        var owners = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var packaging = new ModelPackaging(DefaultPackaging);
        foreach (ITaskItem model in Models)
            Log.Guard(ProjectFile, () =>
            {
                resolved.Add(Resolve(model, owners, packaging));
                return true;
            });

        ResolvedModels = [.. resolved];
        CheckpointFiles = [.. resolved.SelectMany(ListFiles)];
        return !Log.HasLoggedErrors;
    }

    private TaskItem Resolve(ITaskItem model, Dictionary<string, string> owners, ModelPackaging packaging)
    {
        WarnAboutUnknownMetadata(model);
        string folder = Checkpoint.Locate(model.ItemSpec, Path.GetDirectoryName(ProjectFile)!);
        string displayName = model.GetMetadata(ModelMetadata.Name).Trim();
        if (displayName.Length == 0)
            displayName = Path.GetFileName(folder);
        string accessorName = ModelName.Derive(displayName);
        if (owners.TryGetValue(accessorName, out string? owner))
            throw new BuildFailureException(BuildDiagnostics.NameTaken, $"\"{owner}\" and \"{model.ItemSpec}\" would both be MoEModels.Load{accessorName}.");
        owners.Add(accessorName, model.ItemSpec);

        string packedFile = Path.Combine(IntermediateFolder, accessorName + ".moeq");
        TaskItem resolved = MSBuildEscape.Item(Path.Combine(IntermediateFolder, accessorName + ".fingerprint"));
        foreach (ModelOption option in QuantizationOptions.Known)
            resolved.SetMetadata(option.Metadata, MSBuildEscape.Text(option.IsFiles ? AbsoluteFiles(model.GetMetadata(option.Metadata)) : model.GetMetadata(option.Metadata)));
        resolved.SetMetadata(ModelMetadata.Name, MSBuildEscape.Text(displayName));
        if (string.IsNullOrWhiteSpace(model.GetMetadata(ModelMetadata.Device)))
            resolved.SetMetadata(ModelMetadata.Device, MSBuildEscape.Text(DefaultDevice));
        resolved.SetMetadata(ModelMetadata.AccessorName, accessorName);
        resolved.SetMetadata(ModelMetadata.DeclaredPath, MSBuildEscape.Text(model.ItemSpec));
        resolved.SetMetadata(ModelMetadata.CheckpointFolder, MSBuildEscape.Text(folder));
        resolved.SetMetadata(ModelMetadata.PackedFile, MSBuildEscape.Text(packedFile));
        resolved.SetMetadata(ModelMetadata.ReportFile, MSBuildEscape.Text(Path.Combine(IntermediateFolder, accessorName + ".report.html")));
        SetPackaging(resolved, packaging.Decide(model.GetMetadata(ModelMetadata.Packaging), model.ItemSpec, Checkpoint.WeightBytes(folder)), accessorName);
        return resolved;
    }

    private void SetPackaging(TaskItem model, string packaging, string accessorName)
    {
        bool sidecar = packaging == ModelPackaging.Sidecar;
        string resource = accessorName + (sidecar ? ".sidecar" : ".moeq");
        model.SetMetadata(ModelMetadata.Packaging, packaging);
        model.SetMetadata(ModelMetadata.LogicalName, "MoEQuant/" + resource);
        model.SetMetadata(ModelMetadata.ResourceFile, MSBuildEscape.Text(Path.Combine(IntermediateFolder, resource)));
        model.SetMetadata(ModelMetadata.SidecarName, sidecar ? MSBuildEscape.Text($"{AssemblyName}.{accessorName}.moeq") : "");
    }

    private void WarnAboutUnknownMetadata(ITaskItem model)
    {
        // CloneCustomMetadata rather than MetadataNames: the latter lists FullPath, Extension and the like as well.
        foreach (string name in model.CloneCustomMetadata().Keys.Cast<string>())
            if (!ForeignMetadata.Contains(name) && !OwnMetadata.Contains(name) && !QuantizationOptions.Known.Any(known => string.Equals(known.Metadata, name, StringComparison.OrdinalIgnoreCase)))
                Log.LogAdvice(ProjectFile, BuildDiagnostics.MetadataUnknown, $"\"{model.ItemSpec}\" has the metadata {name}, which means nothing here.");
    }

    // Relative files are found from the project, whatever the engine's current folder.
    private string AbsoluteFiles(string list) =>
        string.Join(";", QuantizationOptions.SplitFiles(list).Select(file => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(ProjectFile)!, file))));

    private static IEnumerable<ITaskItem> ListFiles(ITaskItem model) =>
        Checkpoint.ListFiles(model.GetMetadata(ModelMetadata.CheckpointFolder)).Concat(QuantizationOptions.FilesOf(model)).Select(file =>
        {
            TaskItem item = MSBuildEscape.Item(file);
            item.SetMetadata(ModelMetadata.PackedFile, MSBuildEscape.Text(model.GetMetadata(ModelMetadata.PackedFile)));
            return item;
        });
}
