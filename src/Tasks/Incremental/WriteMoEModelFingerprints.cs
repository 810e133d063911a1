using System.Collections.Generic;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Build.Tasks.Incremental;

/// <summary>Writes one fingerprint file per model, only when it differs, and lists everything the packed files depend on.</summary>
[MSBuildMultiThreadableTask]
public sealed class WriteMoEModelFingerprints : Task
{
    /// <summary>The resolved models; the item specification is the fingerprint file.</summary>
    [Required]
    public ITaskItem[] Models { get; set; } = [];

    /// <summary>The files that decide each result, with metadata <c>PackedFile</c>.</summary>
    [Required]
    public ITaskItem[] CheckpointFiles { get; set; } = [];

    /// <summary>The engine's main assembly, absolute; the assemblies beside it belong to it.</summary>
    [Required]
    public string EnginePath { get; set; } = "";

    /// <summary>The project file, absolute; messages point at it.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>Checkpoint files and engine binaries, each with metadata <c>PackedFile</c>: the inputs of quantization besides the fingerprints.</summary>
    [Output]
    public ITaskItem[] QuantizationInputs { get; private set; } = [];

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, WriteAll);

    private bool WriteAll()
    {
        if (!Path.IsPathRooted(EnginePath) || !File.Exists(EnginePath))
            throw new BuildFailureException(BuildDiagnostics.EngineMissing, $"There is no file \"{EnginePath}\".");

        string[] engineFiles = Directory.GetFiles(Path.GetDirectoryName(EnginePath)!, "*.dll");
        var inputs = new List<ITaskItem>(CheckpointFiles);
        foreach (ITaskItem model in Models)
        {
            string packedFile = model.GetMetadata(ModelMetadata.PackedFile);
            IEnumerable<string> checkpointFiles = CheckpointFiles.Where(file => file.GetMetadata(ModelMetadata.PackedFile) == packedFile).Select(file => file.ItemSpec);
            StableFile.Write(
                model.ItemSpec,
                Fingerprint.Compute(model.GetMetadata(ModelMetadata.DeclaredPath), QuantizationOptions.FromItem(model, namesOnly: true).Arguments, engineFiles, checkpointFiles));
            inputs.AddRange(engineFiles.Select(file => InputOf(packedFile, file)));
        }

        QuantizationInputs = [.. inputs];
        return true;
    }

    private static TaskItem InputOf(string packedFile, string file)
    {
        TaskItem item = MSBuildEscape.Item(file);
        item.SetMetadata(ModelMetadata.PackedFile, MSBuildEscape.Text(packedFile));
        return item;
    }
}
