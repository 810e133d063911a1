using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;
using MoEQuant.Build.Tasks.Models;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>Starts <c>moequant quantize</c> for one model in a process of its own and relays its messages.</summary>
/// <remarks>
/// The engine speaks MSBuild's canonical message format, so nothing is scraped here. The engine writes to a temporary file beside <see cref="PackedFile"/> and renames it at the end;
/// after a cancelled or failed run this task removes what a killed engine may have left.
/// </remarks>
[MSBuildMultiThreadableTask]
public sealed class QuantizeMoEModel : ToolTask
{
    private const int ExitCodeCancelled = 130;
    private const int RememberedLines = 20;

    private readonly Queue<string> _lastErrorOutput = new();
    private volatile bool _cancelled;

    /// <summary>The full path of the <c>dotnet</c> executable that runs the engine. No switch.</summary>
    [Required]
    public string DotNetHostPath { get; set; } = "";

    /// <summary>The full path of <c>moequant.dll</c>. No switch: it is the host's first argument.</summary>
    [Required]
    public string EnginePath { get; set; } = "";

    /// <summary>The packed file to make, absolute. Switch: <c>--output</c>.</summary>
    [Required]
    public string PackedFile { get; set; } = "";

    /// <summary>The project file, absolute; the task's own messages point at it. No switch.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>The resolved model: exactly one item. Its metadata are the positional argument CHECKPOINT and the switches that <see cref="QuantizationOptions.Known"/> lists.</summary>
    [Required]
    public ITaskItem[] Model { get; set; } = [];

    /// <summary>The report's page to write, absolute; empty for none. Switch: <c>--report</c>.</summary>
    public string ReportFile { get; set; } = "";

    /// <summary>Number of threads; the result does not depend on it. Switch: <c>--threads</c>.</summary>
    public string Threads { get; set; } = "";

    /// <summary>Everything the packed file depends on. No switch: it tells whether another build that was waited for has done the work.</summary>
    public ITaskItem[] Inputs { get; set; } = [];

    /// <inheritdoc />
    protected override string ToolName => Path.GetFileName(DotNetHostPath);

    // Progress is for people who wait; High is what MSBuild shows at its default verbosity.
    /// <inheritdoc />
    protected override MessageImportance StandardOutputLoggingImportance => MessageImportance.High;

    /// <inheritdoc />
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    /// <inheritdoc />
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc />
    protected override Encoding StandardErrorEncoding => Encoding.UTF8;

    /// <inheritdoc />
    protected override Encoding ResponseFileEncoding => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        if (!Path.IsPathRooted(DotNetHostPath) || !File.Exists(DotNetHostPath))
            throw new BuildFailureException(BuildDiagnostics.HostMissing, $"There is no file \"{DotNetHostPath}\".");
        return ExecuteAlone();
    });

    /// <inheritdoc />
    public override void Cancel()
    {
        _cancelled = true;
        base.Cancel();
    }

    /// <inheritdoc />
    protected override string GenerateFullPathToTool() => DotNetHostPath;

    /// <inheritdoc />
    protected override string GetWorkingDirectory() => Path.GetDirectoryName(PackedFile)!;

    /// <inheritdoc />
    protected override string GenerateCommandLineCommands()
    {
        var commandLine = new CommandLineBuilder();
        commandLine.AppendFileNameIfNotNull(EnginePath);
        return commandLine.ToString();
    }

    /// <inheritdoc />
    protected override string GenerateResponseFileCommands() => FormatArguments();

    /// <summary>The response file's content.</summary>
    internal string FormatArguments()
    {
        ITaskItem model = Model.Single();
        QuantizationOptions options = QuantizationOptions.FromItem(model);
        options.Add("--output", PackedFile);
        options.Add("--report", ReportFile);
        options.Add("--threads", Threads);
        options.Add("--log", "msbuild");
        return ResponseFile.Format(new[] { "quantize", model.GetMetadata(ModelMetadata.CheckpointFolder) }.Concat(options.Arguments));
    }

    // The base class would print the command at the default verbosity.
    /// <inheritdoc />
    protected override void LogToolCommand(string message) => Log.LogCommandLine(MessageImportance.Low, message);

    /// <inheritdoc />
    protected override void LogEventsFromTextOutput(string singleLine, MessageImportance messageImportance)
    {
        if (messageImportance == StandardErrorLoggingImportance && !string.IsNullOrWhiteSpace(singleLine))
        {
            _lastErrorOutput.Enqueue(singleLine.Trim());
            if (_lastErrorOutput.Count > RememberedLines)
                _lastErrorOutput.Dequeue();
        }

        base.LogEventsFromTextOutput(singleLine, messageImportance);
    }

    /// <summary>Reports a failed run whose reason the engine did not report itself; a reported one is not repeated as "exited with code 1".</summary>
    protected override bool HandleTaskExecutionErrors()
    {
        if (Log.HasLoggedErrors || _cancelled)
            return false;
        string found = ExitCode == ExitCodeCancelled
            ? "The engine was interrupted."
            : $"The engine ended with exit code {ExitCode} and no error message.";
        if (_lastErrorOutput.Count > 0)
            found += " Its last output: " + string.Join(" | ", _lastErrorOutput) + ".";
        throw new BuildFailureException(BuildDiagnostics.EngineEndedSilently, found);
    }

    private bool ExecuteAlone()
    {
        try
        {
            bool waited = false;
            void TellWaiting()
            {
                waited = true;
                Log.LogMessage(MessageImportance.High, "Waiting for another build that is making {0}", PackedFile);
            }

            using OutputLock turn = OutputLock.Acquire(PackedFile, TellWaiting, () => _cancelled);
            if (waited && IsUpToDate())
                return true;
            DeleteTemporaryFiles();
            bool succeeded = false;
            try
            {
                succeeded = base.Execute();
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
        if (!File.Exists(PackedFile))
            return false;
        DateTime made = File.GetLastWriteTimeUtc(PackedFile);
        return Inputs.All(input => File.GetLastWriteTimeUtc(input.ItemSpec) <= made);
    }

    // Only the owner of the lock gets here, so no living engine owns these files.
    private void DeleteTemporaryFiles()
    {
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(PackedFile)!, Path.GetFileName(PackedFile) + ".*.tmp"))
            File.Delete(file);
    }
}
