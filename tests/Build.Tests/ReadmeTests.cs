using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests;

/// <summary>Every command of README.md is run as it stands there; EndToEndTests compiles its snippets.</summary>
[TestClass]
public sealed class ReadmeTests
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
    public void Blocks_AllOfThem_AreOfAKindThatATestCovers() => CollectionAssert.AreEquivalent(new[] { "sh", "text", "xml", "csharp" }, Readme.Languages.ToArray());

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
        Assert.HasCount(5, commands, "The sample app and four commands of the tool.");
        List<string> outputs = [];
        foreach (string command in commands)
        {
            ProcessResult result = ChildProcess.Run("bash", ["-c", command], RepositoryPaths.Root, Environment, TimeSpan.FromMinutes(10));
            Assert.AreEqual(0, result.ExitCode, $"{command}\n{result.Output}");
            outputs.Add(result.Output);
        }

        Assert.StartsWith("Once upon a time", outputs[0]);
        Assert.Contains(" tokens per second", outputs[0]);
        Assert.Contains(Readme.Blocks("text").Single(), outputs[0], "The sizes that README.md shows are those that the sample app prints.");
    }
}
