using System.Diagnostics;
using MoEQuant.Build.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests;

[TestClass]
public sealed class CancellationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Interrupt_WhileQuantizing_LeavesNoProcessAndNoPartialFile()
    {
        using ConsumerProject project = new() { EngineMode = "hang" };
        // A shell that starts its jobs in the background makes them ignore SIGINT, and children inherit that; env undoes it.
        using ChildProcess build = project.Start("build", [], "env", "--default-signal=INT");
        WaitUntil(() => build.Output.Contains("moequant: hanging", StringComparison.Ordinal), () => build.Output);
        Assert.HasCount(2, project.EngineRuns, "The engine and its child process run.");
        Assert.HasCount(1, TemporaryFiles(project));

        Signals.Interrupt(build.Id);
        BuildResult result = project.Finish(build);

        Assert.AreNotEqual(0, result.ExitCode);
        foreach (EngineRun run in project.EngineRuns)
            WaitUntil(() => !IsRunning(run.Pid), () => $"Process {run.Pid} is still there.");
        Assert.IsEmpty(TemporaryFiles(project));
        Assert.IsFalse(File.Exists(project.PackedFile));

        project.EngineMode = "";
        project.BuildSuccessfully();
        Assert.StartsWith("MoEQuant/TinyOlmoe.moeq: fake", project.RunApp());
    }

    [TestMethod]
    public void TwoBuilds_AtTheSameTime_QuantizeOnce()
    {
        using ConsumerProject project = new() { EngineMode = "wait" };
        using ChildProcess first = project.Start("build", ["--no-restore", "-t:QuantizeMoEModels"]);
        WaitUntil(() => project.EngineRuns.Count == 1, () => first.Output);
        using ChildProcess second = project.Start("build", ["--no-restore", "-t:QuantizeMoEModels", "-bl:second.binlog"]);
        WaitUntil(() => second.Output.Contains("Waiting for another build", StringComparison.Ordinal), () => second.Output);
        File.WriteAllText(project.PathOf("models", "tiny-olmoe", "go"), "");

        Assert.AreEqual(0, project.Finish(first).ExitCode, first.Output);
        Assert.AreEqual(0, second.WaitForExit(Patience).ExitCode, second.Output);
        Assert.HasCount(1, project.EngineRuns);
        Assert.IsEmpty(TemporaryFiles(project));
        Assert.StartsWith("fake --name=tiny-olmoe --scheme=W3A16 ", File.ReadAllText(project.PackedFile));
    }

    [TestMethod]
    public void Build_AfterKilledBuild_RemovesItsTemporaryFiles()
    {
        using ConsumerProject project = new();
        Directory.CreateDirectory(project.IntermediateFolder);
        foreach (string file in (string[])["TinyOlmoe.moeq", "TinyOlmoe.report.html", "TinyOlmoe.report.json"])
            File.WriteAllText(Path.Combine(project.IntermediateFolder, file + ".12345.tmp"), "half");

        project.Quantize();

        Assert.IsEmpty(TemporaryFiles(project));
    }

    private static string[] TemporaryFiles(ConsumerProject project) => Directory.GetFiles(project.IntermediateFolder, "*.tmp");

    private static bool IsRunning(int pid)
    {
        try
        {
            using Process process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static void WaitUntil(Func<bool> condition, Func<string> state)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.IsLessThan(Patience, watch.Elapsed, state());
            Thread.Sleep(50);
        }
    }
}
