using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Diagnostics;

namespace MoEQuant.Build.Tasks.Engine;

/// <summary>Runs one command of the engine in a process of its own and relays its messages.</summary>
/// <remarks>The engine speaks MSBuild's canonical message format, so nothing is scraped here.</remarks>
public abstract class EngineTask : ToolTask
{
    private const int ExitCodeCancelled = 130;
    private const int RememberedLines = 20;

    // The engine ends when this process is gone: a killed build cannot end it itself.
    private const string ParentVariable = "MOEQUANT_PARENT_PROCESS";

    private readonly Queue<string> _lastErrorOutput = new();
    private volatile bool _cancelled;

    /// <summary>The full path of the <c>dotnet</c> executable that runs the engine. No switch.</summary>
    [Required]
    public string DotNetHostPath { get; set; } = "";

    /// <summary>The full path of <c>moequant.dll</c>. No switch: it is the host's first argument.</summary>
    [Required]
    public string EnginePath { get; set; } = "";

    /// <summary>The project file, absolute; the task's own messages point at it. No switch.</summary>
    [Required]
    public string ProjectFile { get; set; } = "";

    /// <summary>How much of the engine's output is shown: <c>quiet</c>, <c>normal</c> (also when empty) or <c>detailed</c>. Errors are always shown. No switch.</summary>
    public string Verbosity { get; set; } = "";

    /// <inheritdoc />
    protected override string ToolName => Path.GetFileName(DotNetHostPath);

    // Progress is for people who wait; High is what MSBuild shows at its default verbosity.
    /// <inheritdoc />
    protected override MessageImportance StandardOutputLoggingImportance => EngineVerbosity.Of(Verbosity).Output;

    /// <inheritdoc />
    protected override MessageImportance StandardErrorLoggingImportance => MessageImportance.Normal;

    /// <inheritdoc />
    protected override Encoding StandardOutputEncoding => Encoding.UTF8;

    /// <inheritdoc />
    protected override Encoding StandardErrorEncoding => Encoding.UTF8;

    /// <inheritdoc />
    protected override Encoding ResponseFileEncoding => new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Whether the build has been cancelled.</summary>
    protected bool IsCancelled => _cancelled;

    /// <inheritdoc />
    public override bool Execute() => Log.Guard(ProjectFile, () =>
    {
        EngineVerbosity.Of(Verbosity);
        if (!Path.IsPathRooted(DotNetHostPath) || !File.Exists(DotNetHostPath))
            throw new BuildFailureException(BuildDiagnostics.HostMissing, $"There is no file \"{DotNetHostPath}\".");
        using Process self = Process.GetCurrentProcess();
        // Not a collection expression: a spread array would bring a reference to System.Memory, which .NET Framework's MSBuild has in one certain version only.
        EnvironmentVariables = (EnvironmentVariables ?? []).Concat(new[] { $"{ParentVariable}={self.Id.ToString(CultureInfo.InvariantCulture)}" }).ToArray();
        return ExecuteEngine();
    });

    /// <inheritdoc />
    public override void Cancel()
    {
        _cancelled = true;
        base.Cancel();
    }

    /// <summary>The response file's content: the command and its arguments.</summary>
    internal abstract string FormatArguments();

    /// <summary>Runs the engine; a derived task does here what must happen before and after.</summary>
    protected virtual bool ExecuteEngine() => base.Execute();

    /// <inheritdoc />
    protected override string GenerateFullPathToTool() => DotNetHostPath;

    /// <inheritdoc />
    protected override string GenerateCommandLineCommands()
    {
        var commandLine = new CommandLineBuilder();
        commandLine.AppendFileNameIfNotNull(EnginePath);
        return commandLine.ToString();
    }

    /// <inheritdoc />
    protected override string GenerateResponseFileCommands() => FormatArguments();

    // The base class would print the command at MSBuild's default verbosity; and there the console hides command lines of any importance, but no message.
    /// <inheritdoc />
    protected override void LogToolCommand(string message)
    {
        if (EngineVerbosity.Of(Verbosity).ShowsCommand)
            Log.LogMessage(MessageImportance.High, "{0}", message);
        else
            Log.LogCommandLine(MessageImportance.Low, message);
    }

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
}
