using System.Text.RegularExpressions;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary>What docs/scale-out.md tells users to type, run as it stands there. Where it says /shared, a folder of the test's is.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed partial class ScaleOutGuideTests : IDisposable
{
    private static readonly string Guide = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "scale-out.md"));
    private readonly TemporaryFolder _folder = new();

    public ScaleOutGuideTests()
    {
        SmallCheckpoint.Write(Directory.CreateDirectory(_folder.File("model")).FullName, deviation: 0.2);
        Directory.CreateDirectory(_folder.File("packed"));
        Directory.CreateDirectory(_folder.File("bin"));
        File.WriteAllText(_folder.File("bin/moequant"), $"#!/bin/sh\nexec '{ChildProcess.DotNetHost}' '{typeof(Tool).Assembly.Location}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(_folder.File("bin/moequant"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.AreEqual(0, CommandRun.Execute("quantize", _folder.File("model"), "--output", _folder.File("whole.moeq")).ExitCode);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Commands_InOrder_GiveTheFileOfOneRun()
    {
        foreach (string line in Blocks("sh").Single().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            CommandRun run = CommandRun.Execute([.. line.Replace("/shared", _folder.Path, StringComparison.Ordinal).Split(' ').Skip(1)]);
            Assert.AreEqual(0, run.ExitCode, line + run.Error);
        }

        RequireSame("model.moeq");
    }

    [TestMethod]
    public void SlurmScripts_WithTheVariablesOfAnArray_GiveTheFileOfOneRun()
    {
        string[] scripts = [.. Blocks("bash")];
        string[] files = [.. ((string[])["part.sbatch", "merge.sbatch"]).Select(name => Path.Combine(RepositoryPaths.Root, "bench", "Slurm", name))];
        CollectionAssert.AreEqual(files.Select(File.ReadAllText).ToArray(), scripts);
        foreach (string number in (string[])["1", "2"])
            Run("bash", [files[0]], ("SLURM_ARRAY_TASK_ID", number));
        Run("bash", [files[1]]);
        RequireSame("packed/model.moeq");
    }

    [TestMethod]
    public void KubernetesJob_WithItsIndices_GivesTheFileOfOneRun()
    {
        string command = Arguments().Match(Blocks("yaml").Single()).Groups[1].Value.Replace("/shared", _folder.Path, StringComparison.Ordinal).Replace("/8 ", "/2 ", StringComparison.Ordinal);
        foreach (string index in (string[])["0", "1"])
            Run("sh", ["-c", command], ("JOB_COMPLETION_INDEX", index));
        string merge = MergeCommand().Match(Guide).Groups[1].Value.Replace("/shared", _folder.Path, StringComparison.Ordinal);
        Run("sh", ["-c", merge]);
        RequireSame("packed/model.moeq");
    }

    private static IEnumerable<string> Blocks(string language) => Fence().Matches(Guide).Where(match => match.Groups[1].Value == language).Select(match => match.Groups[2].Value);

    private void RequireSame(string merged) => CollectionAssert.AreEqual(File.ReadAllBytes(_folder.File("whole.moeq")), File.ReadAllBytes(_folder.File(merged)));

    private void Run(string program, string[] arguments, params (string Name, string Value)[] variables)
    {
        Dictionary<string, string?> environment = new()
        {
            ["PATH"] = $"{_folder.File("bin")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["CHECKPOINT"] = _folder.File("model"),
            ["FOLDER"] = _folder.File("packed"),
            ["PARTS"] = "2",
        };
        foreach ((string name, string value) in variables)
            environment[name] = value;
        ProcessResult result = ChildProcess.Run(program, arguments, _folder.Path, environment, TimeSpan.FromMinutes(5));
        Assert.AreEqual(0, result.ExitCode, result.Output);
    }

    [GeneratedRegex(@"^```(\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"args: \[""(.*)""\]")]
    private static partial Regex Arguments();

    [GeneratedRegex(@"merges: `(moequant merge .*?)`")]
    private static partial Regex MergeCommand();
}
