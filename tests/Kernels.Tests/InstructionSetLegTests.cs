using System.Diagnostics;
using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;

namespace MoEQuant.Kernels.Tests;

/// <summary>Runs the kernel tests again in child processes in which the runtime is told to do without some instructions.</summary>
/// <remarks>
/// The variables are those of .NET 10; older names such as DOTNET_EnableAVX512F are silently ignored, which is why each leg first asserts what is supported
/// (<see cref="InstructionSetTests"/>) and this class asserts that the child ran that test and many more.
/// </remarks>
[TestClass]
public sealed class InstructionSetLegTests
{
    [TestMethod]
    [DataRow("NoAvx512", "DOTNET_EnableAVX512", 60)]
    [DataRow("NoAvx2", "DOTNET_EnableAVX2", 40)]
    [DataRow("NoIntrinsics", "DOTNET_EnableHWIntrinsic", 20)]
    public void KernelTests_WithoutInstructions_Pass(string leg, string variable, int leastTests)
    {
        if (Environment.GetEnvironmentVariable(InstructionSetTests.LegVariable) is not null)
            Assert.Inconclusive("This is a child process already.");
        if (!Avx2.IsSupported)
            Assert.Inconclusive("The legs take AVX2 and AVX-512 away; this processor does not have them.");

        (int exitCode, string output) = RunChild(leg, variable);
        Assert.AreEqual(0, exitCode, output);
        Assert.AreEqual(0, Count(output, "failed"), output);
        Assert.AreEqual(0, Count(output, "skipped"), output);
        Assert.IsGreaterThanOrEqualTo(leastTests, Count(output, "succeeded"), output);
    }

    private static (int ExitCode, string Output) RunChild(string leg, string variable)
    {
        // The scalar kernel has its full share of tests in the parent; without any intrinsics everything is slow, so the leg runs the tests with few shapes.
        string filter = leg == "NoIntrinsics"
            ? "ClassName~InstructionSetTests|Name~UnusualWeights|Name~EveryTileRange|Name~LastBit|ClassName~KernelCatalog|ClassName~FactorPacker|ClassName~ActivationBuffer"
            : "ClassName~InstructionSetTests|ClassName~ProductTests|ClassName~KernelCatalog|ClassName~ActivationBuffer";
        ProcessStartInfo start = new(Environment.ProcessPath!)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string assembly = typeof(InstructionSetLegTests).Assembly.Location;
        if (Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
            start.ArgumentList.Add(assembly);
        foreach (string argument in new[] { "--filter", filter, "--no-progress", "--no-ansi", "--results-directory", Path.Combine(Path.GetTempPath(), $"moequant-{leg}-{Environment.ProcessId}") })
            start.ArgumentList.Add(argument);
        start.Environment[variable] = "0";
        start.Environment[InstructionSetTests.LegVariable] = leg;
        // What ties this process to a test host must not reach the child.
        foreach (string name in start.Environment.Keys.Where(key => key.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal)).ToArray())
            start.Environment.Remove(name);

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The leg {leg} did not end within five minutes.");
        }
        return (process.ExitCode, output.Result + error.Result);
    }

    private static int Count(string output, string kind)
    {
        Match match = Regex.Match(output, $@"^\s*{kind}:\s*(\d+)", RegexOptions.Multiline);
        return match.Success ? int.Parse(match.Groups[1].Value) : -1;
    }
}
