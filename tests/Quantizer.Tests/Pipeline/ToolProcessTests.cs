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
    public void Quantize_InterruptSignal_ExitsWith130AndLeavesNothing()
    {
        if (OperatingSystem.IsWindows())
            Assert.Inconclusive("Skipped: signals are sent by kill.");
        using TemporaryFolder folder = new();
        using Process process = Start(folder.File("m.moeq"), RepositoryPaths.SampleCheckpoint, []);
        // The first line of progress says that the run is in the middle of the model.
        Assert.StartsWith("Layer 1", process.StandardOutput.ReadLine()!);
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
            kill.WaitForExit();
        string rest = process.StandardOutput.ReadToEnd();
        Assert.IsTrue(process.WaitForExit(60_000));
        Assert.AreEqual(130, process.ExitCode);
        Assert.Contains("Cancelled", rest);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
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

    private static Process Start(string output, string checkpoint, (string Name, string Value)[] environment)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { typeof(Tool).Assembly.Location, "quantize", checkpoint, "--output", output, "--name", "same", "--log", "msbuild" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        return Process.Start(start)!;
    }
}
