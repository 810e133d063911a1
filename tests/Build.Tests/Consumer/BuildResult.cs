using Microsoft.Build.Logging.StructuredLogger;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests.Consumer;

/// <summary>The end of a build: its console output and, on demand, its events.</summary>
internal sealed class BuildResult(ProcessResult process, string binaryLog)
{
    private Microsoft.Build.Logging.StructuredLogger.Build? events;

    public int ExitCode => process.ExitCode;

    public string Output => process.Output;

    private Microsoft.Build.Logging.StructuredLogger.Build Events => events ??= BinaryLog.ReadBuild(binaryLog);

    /// <summary>How often a task was executed.</summary>
    public int CountTask(string name) => Events.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(task => task.Name == name).Count;

    /// <summary>On how many build nodes a task was executed.</summary>
    public int CountNodes(string name) => Events.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(task => task.Name == name).Select(task => task.NodeId).Distinct().Count();

    /// <summary>Time spent in a task, all its executions together.</summary>
    public TimeSpan TimeInTask(string name) =>
        Events.FindChildrenRecursive<Microsoft.Build.Logging.StructuredLogger.Task>(task => task.Name == name).Aggregate(TimeSpan.Zero, (sum, task) => sum + task.Duration);

    /// <summary>Time spent in the targets of the build step.</summary>
    public TimeSpan TimeInBuildStep =>
        Events.FindChildrenRecursive<Target>(target => target.Name.Contains("MoE", StringComparison.Ordinal)).Aggregate(TimeSpan.Zero, (sum, target) => sum + target.Duration);

    /// <summary>Error events as <c>CODE: text</c>.</summary>
    public IReadOnlyList<string> Errors => [.. Events.FindChildrenRecursive<Error>().Select(error => $"{error.Code}: {error.Text}")];

    /// <summary>All messages, also those that the console did not show.</summary>
    public IReadOnlyList<string> Messages => [.. Events.FindChildrenRecursive<Message>().Select(message => message.Text)];

    public IReadOnlyList<string> Warnings => [.. Events.FindChildrenRecursive<Warning>().Select(warning => $"{warning.Code}: {warning.Text}")];
}
