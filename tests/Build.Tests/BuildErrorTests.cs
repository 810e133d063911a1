using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

/// <summary>Every expected failure is one coded error, said once.</summary>
[TestClass]
public sealed class BuildErrorTests
{
    private const string Item = """<MoEModel Include="models/tiny-olmoe" Scheme="W3A16" />""";

    // One build names every bad item: a user corrects them all at once, and the test costs one build.
    [TestMethod]
    public void Build_BadItems_ReportsEachOnce()
    {
        using ConsumerProject project = new();
        Directory.CreateDirectory(project.PathOf("models", "empty"));
        Directory.CreateDirectory(project.PathOf("models", "---"));
        File.WriteAllText(project.PathOf("models", "---", "config.json"), "{}");
        project.EditProject(Item, """
            <MoEModel Include="models/missing" />
            <MoEModel Include="models/tiny-olmoe/config.json" />
            <MoEModel Include="models/empty" />
            <MoEModel Include="models/---" />
            <MoEModel Include="models/tiny-olmoe" Shceme="W4A16" />
            <MoEModel Include="models/tiny-olmoe/." Name="TINY olmoe" />
            """);

        BuildResult result = project.Quantize();

        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual("MOEQ4001 MOEQ4002 MOEQ4003 MOEQ4004 MOEQ4005", Codes(result.Errors));
        Assert.AreEqual("MOEQ4006", Codes(result.Warnings));
        Assert.Contains("\"models/tiny-olmoe\" and \"models/tiny-olmoe/.\" would both be MoEModels.Load", result.Output);
        Assert.Contains($"{project.ProjectFile} : error MOEQ4001: \"models/missing\": the folder", result.Output);
        Assert.IsEmpty(project.EngineRuns);
    }

    [TestMethod]
    public void Build_EngineReportsError_ShowsItAndNothingElse()
    {
        using ConsumerProject project = new() { EngineMode = "fail" };

        BuildResult result = project.Build();

        Assert.AreEqual(1, result.ExitCode);
        Assert.AreEqual("MOEQ1004: The header ends after byte 12.", result.Errors.Single());
        Assert.DoesNotContain("exited with code", result.Output);
        Assert.IsFalse(File.Exists(project.PackedFile));
    }

    [TestMethod]
    public void Build_EngineCrashes_ReportsItsLastOutput()
    {
        using ConsumerProject project = new() { EngineMode = "crash" };

        BuildResult result = project.Quantize();

        string error = result.Errors.Single();
        Assert.StartsWith("MOEQ4010: The engine ended with exit code 1", error);
        Assert.Contains("The engine has a bug.", error);
    }

    [TestMethod]
    [DataRow("MoEQuantEnginePath=/nowhere/moequant.dll", "MOEQ4008")]
    [DataRow("DOTNET_HOST_PATH=/nowhere/dotnet", "MOEQ4009")]
    public void Build_EngineCannotBeStarted_ReportsTheReason(string property, string code)
    {
        using ConsumerProject project = new();

        BuildResult result = project.Quantize("-p:" + property);

        Assert.AreEqual(code, Codes(result.Errors), result.Output);
        Assert.IsEmpty(project.EngineRuns);
    }

    [TestMethod]
    public void Build_ValueThatNoArgumentCanHold_IsRefused()
    {
        using ConsumerProject project = new();
        project.EditProject("Scheme=\"W3A16\"", "Name=\"tiny &quot;olmoe&quot;\"");

        BuildResult result = project.Quantize();

        Assert.AreEqual("MOEQ4007", Codes(result.Errors), result.Output);
        Assert.IsEmpty(project.EngineRuns);
    }

    [TestMethod]
    public void Build_LanguageWithoutAccessors_IsRefused()
    {
        using ConsumerProject project = new();

        BuildResult result = project.Quantize("-p:Language=VB");

        Assert.AreEqual("MOEQ4012", Codes(result.Errors), result.Output);
    }

    [TestMethod]
    public void Build_IntermediateFolderNotWritable_IsOneError()
    {
        using ConsumerProject project = new();
        Directory.CreateDirectory(Path.GetDirectoryName(project.IntermediateFolder)!);
        File.WriteAllText(project.IntermediateFolder, "a file where the folder should be");

        BuildResult result = project.Quantize();

        Assert.AreEqual("MOEQ4013", Codes(result.Errors), result.Output);
    }

    [TestMethod]
    public void Build_ResourceBeyondTheCompilersLimit_IsRefusedBeforeTheCompiler()
    {
        using ConsumerProject project = new() { EngineMode = "huge" };

        BuildResult result = project.Build();

        Assert.AreEqual("MOEQ4011", Codes(result.Errors), result.Output);
        Assert.Contains("2,200,000,000 bytes", result.Output);
        Assert.AreEqual(0, result.CountTask("Csc"));
    }

    private static string Codes(IEnumerable<string> messages) => string.Join(' ', messages.Select(message => message.Split(':')[0]).Order());
}
