using System.Runtime.Intrinsics.X86;
using System.Text.RegularExpressions;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Kernels.Tests;

/// <summary>Runs the kernel tests again in child processes in which the runtime is told to do without some instructions.</summary>
/// <remarks>
/// The variables are those of .NET 10; older names such as DOTNET_EnableAVX512F are silently ignored, which is why each leg first asserts
/// what is supported
/// (<see cref="InstructionSetTests"/>) and this class asserts that the child ran that test and many more.
/// </remarks>
[TestClass]
public sealed class InstructionSetLegTests
{
    [TestMethod]
    [DataRow("NoAvx512", "DOTNET_EnableAVX512", 100)]
    [DataRow("NoAvx2", "DOTNET_EnableAVX2", 70)]
    [DataRow("NoIntrinsics", "DOTNET_EnableHWIntrinsic", 30)]
    public void KernelTests_WithoutInstructions_Pass(string leg, string variable, int leastTests)
    {
        if (Environment.GetEnvironmentVariable(InstructionSetTests.LegVariable) is not null)
            Assert.Inconclusive("This is a child process already.");
        if (!Avx2.IsSupported)
            Assert.Inconclusive("The legs take AVX2 and AVX-512 away; this processor does not have them.");

        ProcessResult result = RunChild(leg, variable);
        string output = result.Output;
        Assert.AreEqual(0, result.ExitCode, output);
        Assert.AreEqual(0, Count(output, "failed"), output);
        Assert.AreEqual(0, Count(output, "skipped"), output);
        Assert.IsGreaterThanOrEqualTo(leastTests, Count(output, "succeeded"), output);
    }

    private static ProcessResult RunChild(string leg, string variable)
    {
        // The scalar kernel has its full share of tests in the parent; without any intrinsics everything is slow, so the leg runs the tests
        // with few shapes.
        string filter = leg == "NoIntrinsics"
            ? "ClassName~InstructionSetTests|Name~UnusualWeights|Name~EveryTileRange|Name~LastBit|ClassName~KernelCatalog|ClassName~FactorPacker|ClassName~ActivationBuffer|ClassName~ActivationQuantizer|ClassName~HadamardRotation"
            : "ClassName~InstructionSetTests|ClassName~ProductTests|ClassName~KernelCatalog|ClassName~ActivationBuffer|ClassName~ActivationQuantizer|ClassName~HadamardRotation";
        string[] arguments =
        [
            typeof(InstructionSetLegTests).Assembly.Location, "--filter", filter, "--progress", "off", "--no-ansi",
            "--results-directory", Path.Combine(Path.GetTempPath(), $"moequant-{leg}-{Environment.ProcessId}"),
        ];
        Dictionary<string, string?> environment = new() { [variable] = "0", [InstructionSetTests.LegVariable] = leg };
        // What ties this process to a test host must not reach the child.
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
            if (name.StartsWith("TESTINGPLATFORM", StringComparison.Ordinal))
                environment[name] = null;
        return ChildProcess.Run(ChildProcess.DotNetHost, arguments, Environment.CurrentDirectory, environment, TimeSpan.FromMinutes(5));
    }

    private static int Count(string output, string kind)
    {
        Match match = Regex.Match(output, $@"^\s*{kind}:\s*(\d+)", RegexOptions.Multiline);
        return match.Success ? int.Parse(match.Groups[1].Value) : -1;
    }
}
