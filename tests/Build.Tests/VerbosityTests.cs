using System.Text.RegularExpressions;
using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

/// <summary>What a build shows of the engine's work: the property MoEQuantVerbosity, and MSBuild's two console loggers.</summary>
[TestClass]
public sealed partial class VerbosityTests
{
    private const string Progress = "moequant: quantizing tiny-olmoe: layer 1 of 2";
    private const string Command = "FakeEngine.dll";

    [TestMethod]
    [DataRow("", true, false)]
    [DataRow("normal", true, false)]
    [DataRow("Quiet", false, false)]
    [DataRow("detailed", true, true)]
    public void Build_Verbosity_ShowsSoMuch(string verbosity, bool showsProgress, bool showsCommand)
    {
        using ConsumerProject project = new();

        BuildResult result = project.Quantize("-restore", $"-p:MoEQuantVerbosity={verbosity}");

        Assert.AreEqual(0, result.ExitCode, result.Output);
        Assert.AreEqual(showsProgress, result.Output.Contains(Progress, StringComparison.Ordinal), result.Output);
        Assert.AreEqual(showsCommand, result.Output.Contains(Command, StringComparison.Ordinal), result.Output);
        Assert.Contains(Progress, result.Messages, "The binary log has everything.");
    }

    [TestMethod]
    public void Build_UnknownVerbosity_IsRefusedOnce()
    {
        using ConsumerProject project = new();

        BuildResult result = project.Quantize("-restore", "-p:MoEQuantVerbosity=loud");

        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual("MOEQ4045: MoEQuantVerbosity is \"loud\". Set MoEQuantVerbosity to quiet, normal or detailed, or remove it.", result.Errors.Single());
        Assert.IsEmpty(project.EngineRuns);
    }

    // Quiet about progress, not about failures. The terminal logger shows codes and texts as the classic one does, and neither repeats them as "exited with code 1".
    [TestMethod]
    [DataRow("-tl:on")]
    [DataRow("-tl:off")]
    public void Build_FailingEngine_ShowsItsErrorInEveryLogger(string logger)
    {
        using ConsumerProject project = new() { EngineMode = "fail" };

        BuildResult result = project.Quantize("-restore", logger, "-p:MoEQuantVerbosity=quiet");

        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual("MOEQ1004: The header ends after byte 12.", result.Errors.Single());
        string text = EscapeSequence().Replace(result.Output, "");
        Assert.MatchesRegex(@"model\.safetensors : error MOEQ1004: The header ends after byte 12\.", text);
        Assert.DoesNotContain("exited with code", text);
        Assert.DoesNotContain("MSB", text);
    }

    [GeneratedRegex(@"\e(\[[0-9;?]*[A-Za-z]|\][^\e]*\e\\)")]
    private static partial Regex EscapeSequence();
}
