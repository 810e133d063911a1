using System.Diagnostics;
using System.Security.Cryptography;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>The tool in processes of its own: the packed bytes do not depend on the processor, and a signal ends a run cleanly.</summary>
[TestClass]
public sealed class ToolProcessTests
{
    [TestMethod]
    public void Quantize_WithoutAvx512OrAvx2_GivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path, deviation: 0.4);
        string all = Hash(folder, "all", []);
        Assert.AreEqual(all, Hash(folder, "avx2", [("DOTNET_EnableAVX512", "0")]), "without AVX-512");
        Assert.AreEqual(all, Hash(folder, "sse", [("DOTNET_EnableAVX512", "0"), ("DOTNET_EnableAVX2", "0")]), "without AVX2");
        Assert.AreEqual(all, Hash(folder, "scalar", [("DOTNET_EnableHWIntrinsic", "0")]), "without vector instructions");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [DataRow("INT")]
    [DataRow("TERM")]
    public void Quantize_Signal_ExitsWith130AndLeavesNothing(string signal)
    {
        using TemporaryFolder folder = new();
        using Process process = Start(folder.File("m.moeq"), RepositoryPaths.SampleCheckpoint, [], respectSignals: true);
        // The first line of progress says that the run is in the middle of the model.
        Assert.StartsWith("Layer 1", process.StandardOutput.ReadLine()!);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        using (Process kill = Process.Start("kill", ["-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        string rest = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(60_000));
        Assert.AreEqual(130, process.ExitCode);
        Assert.Contains("Cancelled", rest);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Quantize_KilledBehindALayer_GoesOnThereAndGivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path, deviation: 0.4);
        string undisturbed = Hash(folder, "undisturbed", []);
        using (Process process = Start(folder.File("killed.moeq"), folder.Path, [], cache: folder.File("cache")))
        {
            Assert.StartsWith("Layer 1", process.StandardOutput.ReadLine()!);
            process.Kill();
            process.WaitForExit();
        }

        Assert.IsFalse(File.Exists(folder.File("killed.moeq")));
        string[] before = Directory.GetFiles(folder.File("cache"), "*.segment", SearchOption.AllDirectories);
        Assert.IsGreaterThanOrEqualTo(2, before.Length);
        DateTime[] times = [.. before.Select(File.GetLastWriteTimeUtc)];
        using Process second = Start(folder.File("killed.moeq"), folder.Path, [], cache: folder.File("cache"));
        string text = second.StandardOutput.ReadToEnd();
        second.WaitForExit();
        Assert.AreEqual(0, second.ExitCode, text);
        Assert.Contains($"{before.Length} of 4 parts came from the cache.", text);
        CollectionAssert.AreEqual(times, before.Select(File.GetLastWriteTimeUtc).ToArray());
        Assert.AreEqual(undisturbed, Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder.File("killed.moeq")))));
    }

    private static string Hash(TemporaryFolder folder, string name, (string Name, string Value)[] environment)
    {
        string output = folder.File(name + ".moeq");
        using Process process = Start(output, folder.Path, environment);
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, text + error.Result);
        return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(output)));
    }

    private static Process Start(string output, string checkpoint, (string Name, string Value)[] environment, bool respectSignals = false, string? cache = null)
    {
        string host = Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
        // A shell that starts its jobs in the background makes them ignore SIGINT, and children inherit that; env undoes it.
        string[] prefix = respectSignals ? ["env", "--default-signal=INT", host] : [host];
        ProcessStartInfo start = new(prefix[0], prefix[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])[typeof(Tool).Assembly.Location, "quantize", checkpoint, "--output", output, "--name", "same", "--log", "msbuild"])
            start.ArgumentList.Add(argument);
        if (cache is not null)
            start.ArgumentList.Add("--cache=" + cache);
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        return Process.Start(start)!;
    }
}
