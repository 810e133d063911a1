using System.Text.RegularExpressions;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests;

/// <summary>Every command for a checkout is run as it stands in README.md; EndToEndTests compiles its snippets, and Package.Tests runs what it says about packages.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    private const string TestCommand = "dotnet test -c Release";

    private static readonly Dictionary<string, string?> Environment = new()
    {
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0",
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        // A property of the build: no compiler server outlives the test.
        ["UseSharedCompilation"] = "false",
        ["MSBUILD_EXE_PATH"] = null,
        ["MSBuildSDKsPath"] = null,
        ["MSBuildExtensionsPath"] = null,
    };

    [TestMethod]
    public void Blocks_AllOfThem_AreOfAKindThatATestCovers() => CollectionAssert.AreEquivalent(new[] { "sh", "console", "text", "xml", "csharp" }, Readme.Languages.ToArray());

    [TestMethod]
    public void DeviceSnippet_IsWhatItsTestCompiles()
    {
        // The device's package is not in every feed: where it is, tests/Kernels.Ilgpu.Tests compiles and runs the same lines.
        string test = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "tests", "Kernels.Ilgpu.Tests", "Models", "ReadmeSnippetTests.cs"));
        Assert.HasCount(2, Readme.Blocks("csharp"));
        foreach (string line in Readme.Blocks("csharp")[1].Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Contains(line.Trim(), test);
    }

    [TestMethod]
    public void TestCommand_IsWhatContinuousIntegrationRuns()
    {
        Assert.Contains(TestCommand, Readme.Commands);
        Assert.IsTrue(File.ReadAllLines(Path.Combine(RepositoryPaths.Root, ".ci", "run")).Any(line => line.StartsWith(TestCommand + " ", StringComparison.Ordinal)));
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void OtherCommands_InOrder_Succeed()
    {
        string[] commands = [.. Readme.Commands.Where(command => command != TestCommand)];
        Assert.HasCount(6, commands, "The sample app and five commands of the tool.");
        List<string> outputs = [];
        foreach (string command in commands)
        {
            ProcessResult result = ChildProcess.Run("bash", ["-c", command], RepositoryPaths.Root, Environment, TimeSpan.FromMinutes(10));
            Assert.AreEqual(0, result.ExitCode, $"{command}\n{result.Output}");
            outputs.Add(result.Output);
        }

        Assert.StartsWith("Once upon a time", outputs[0]);
        Assert.Contains(" tokens per second", outputs[0]);
        // The figure may move a little with every improvement of the engine; README.md must not be far off.
        Assert.AreEqual(SizePercentage(Readme.Blocks("text").Single()), SizePercentage(outputs[0]), 1.0);
    }

    private static double SizePercentage(string text) =>
        double.Parse(Sizes().Match(text).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^[\d.]+ MB before, [\d.]+ MB after \(([\d.]+) %, W3A16\)$", RegexOptions.Multiline)]
    private static partial Regex Sizes();
}
