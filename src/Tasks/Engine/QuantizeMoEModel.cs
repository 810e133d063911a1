using System;
using System.IO;
using System.Linq;
using Microsoft.Build.Framework;
using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>Starts <c>moequant quantize</c> for one model in a process of its own and relays its messages.</summary>
/// <remarks>
/// The engine writes to a temporary file beside <see cref="PackedFile"/> and renames it at the end;
/// after a cancelled or failed run this task removes what a killed engine may have left.
/// </remarks>
[MSBuildMultiThreadableTask]
public sealed class QuantizeMoEModel : EngineTask
{
    /// <summary>The packed file to make, absolute. Switch: <c>--output</c>.</summary>
    [Required]
    public string PackedFile { get; set; } = "";

    /// <summary>The resolved model: exactly one item. Its metadata are the positional argument CHECKPOINT and the switches that <see cref="QuantizationOptions.Known"/> lists.</summary>
    [Required]
    public ITaskItem[] Model { get; set; } = [];

    /// <summary>The report's page to write, absolute; empty for none. Switch: <c>--report</c>.</summary>
    public string ReportFile { get; set; } = "";

    /// <summary>The folder that keeps finished layers, absolute; empty for none. Switch: <c>--cache</c>.</summary>
    public string CacheDirectory { get; set; } = "";

    /// <summary>Number of threads; the result does not depend on it. Switch: <c>--threads</c>.</summary>
    public string Threads { get; set; } = "";

    /// <summary>Everything the packed file depends on. No switch: it tells whether another build that was waited for has done the work.</summary>
    public ITaskItem[] Inputs { get; set; } = [];

    /// <inheritdoc />
    protected override string GetWorkingDirectory() => Path.GetDirectoryName(PackedFile)!;

    /// <inheritdoc />
    internal override string FormatArguments()
    {
        ITaskItem model = Model.Single();
        QuantizationOptions options = QuantizationOptions.FromItem(model);
        options.Add("--output", PackedFile);
        options.Add("--report", ReportFile);
        options.Add("--cache", CacheDirectory);
        options.Add("--threads", Threads);
        options.Add("--log", "msbuild");
        return ResponseFile.Format(new[] { "quantize", model.GetMetadata(ModelMetadata.CheckpointFolder) }.Concat(options.Arguments));
    }

    /// <inheritdoc />
    protected override bool ExecuteEngine()
    {
        try
        {
            bool waited = false;
            void TellWaiting()
            {
                waited = true;
                Log.LogMessage(MessageImportance.High, "Waiting for another build that is making {0}", PackedFile);
            }

            using OutputLock turn = OutputLock.Acquire(PackedFile, TellWaiting, () => IsCancelled);
            if (waited && IsUpToDate())
                return true;
            DeleteTemporaryFiles();
            bool succeeded = false;
            try
            {
                succeeded = base.ExecuteEngine();
                return succeeded;
            }
            finally
            {
                if (!succeeded)
                    DeleteTemporaryFiles();
            }
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private bool IsUpToDate()
    {
        if (!File.Exists(PackedFile) || (ReportFile.Length > 0 && !File.Exists(ReportFile)))
            return false;
        DateTime made = File.GetLastWriteTimeUtc(PackedFile);
        return Inputs.All(input => File.GetLastWriteTimeUtc(input.ItemSpec) <= made);
    }

    // Only the owner of the lock gets here, so no living engine owns these files.
    private void DeleteTemporaryFiles()
    {
        string[] outputs = ReportFile.Length > 0 ? [PackedFile, ReportFile, Path.ChangeExtension(ReportFile, ".json")] : [PackedFile];
        foreach (string file in outputs.SelectMany(output => Directory.GetFiles(Path.GetDirectoryName(output)!, Path.GetFileName(output) + ".*.tmp")))
            File.Delete(file);
    }
}
