using System.Diagnostics;
using System.Security.Cryptography;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>The packed bytes do not depend on the processor: the tool runs in processes of its own that may not use some instruction sets.</summary>
[TestClass]
public sealed class MachineIndependenceTests
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

    private static string Hash(TemporaryFolder folder, string name, (string Name, string Value)[] environment)
    {
        string output = folder.File(name + ".moeq");
        ProcessStartInfo start = new(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { typeof(Tool).Assembly.Location, "quantize", folder.Path, "--output", output, "--name", "same", "--log", "msbuild" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach ((string variable, string value) in environment)
            start.Environment[variable] = value;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, text + error.Result);
        return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(output)));
    }
}
