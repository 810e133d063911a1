using MoEQuant.Package.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>Projects of other shapes than one app with one model in a folder of its own.</summary>
[TestClass]
public sealed class ProjectShapeTests
{
    // One project for much at once, because every build costs: two target frameworks whose inner builds run at the same time, two models, one of them given by a property with an
    // absolute path, an older C#, and a folder with spaces and characters beyond ASCII.
    [TestMethod]
    public void Build_TwoTargetsAndTwoModels_PacksEachForEach()
    {
        using ConsumerFolder consumer = new("TwoTargets", "Größe 模型 (kopie)");

        BuildResult result = consumer.RunSuccessfully("build", $"-p:SecondModel={consumer.PathOf("models", "tiny-olmoe")}");

        Assert.AreEqual(4, result.CountTask("QuantizeMoEModel"));
        Assert.IsEmpty(result.Warnings);
        foreach (string framework in (string[])["net10.0", "net10.0-windows"])
            Assert.AreEqual("tiny-olmoe W3A16\nZweites Modell W4A16\n", consumer.RunProgram("bin", "Debug", framework, "TwoTargets.dll"), framework);
    }

    // In one process with several threads, as multithreaded MSBuild does it; the other tests use a process per project.
    [TestMethod]
    public void Build_OneModelInTwoProjectsAtOnce_GivesTheSameBytesAndLeavesTheSourcesAlone()
    {
        using ConsumerFolder consumer = new("TwoProjects");
        using TemporaryFolder artifacts = new();
        string[] before = Listing(consumer.Folder);
        SetWritable(consumer.Folder, false);
        try
        {
            BuildResult result = consumer.RunSuccessfully("build", "TwoProjects.slnx", "-m", "-multithreaded", "--artifacts-path", artifacts.Path);

            Assert.AreEqual(2, result.CountTask("QuantizeMoEModel"));
            CollectionAssert.AreEqual(before, Listing(consumer.Folder), "A build makes nothing among the sources.");
            byte[] first = File.ReadAllBytes(Path.Combine(artifacts.Path, "obj", "First", "debug", "moequant", "TinyOlmoe.moeq"));
            CollectionAssert.AreEqual(first, File.ReadAllBytes(Path.Combine(artifacts.Path, "obj", "Second", "debug", "moequant", "TinyOlmoe.moeq")));
        }
        finally
        {
            SetWritable(consumer.Folder, true);
        }
    }

    // Enough of a publish to see what it would copy; nothing is packed for it.
    [TestMethod]
    public void Publish_WebApp_DoesNotPublishTheCheckpointsFiles()
    {
        using ConsumerFolder consumer = new("WebApp");
        consumer.RunSuccessfully("restore");

        BuildResult result = consumer.RunSuccessfully("msbuild", "-t:AssignTargetPaths", "-getItem:ContentWithTargetPath");

        Assert.Contains("appsettings.json", result.Output, "The app's own content is published.");
        Assert.DoesNotContain("tokenizer.json", result.Output);
        Assert.DoesNotContain("config.json", result.Output.Replace("runtimeconfig.json", "", StringComparison.Ordinal));
    }

    [TestMethod]
    public void Build_ModelFromAPackage_IsPacked()
    {
        using TemporaryFolder packages = new();
        using ConsumerFolder consumer = new("PackagedModel") { UnpackedPackages = packages.File("unpacked") };
        consumer.RunSuccessfully("pack", "Model", "-o", "feed");
        consumer.Edit("nuget.config", "<clear /><add key=\"feed\"", "<clear /><add key=\"models\" value=\"feed\" /><add key=\"feed\"");

        BuildResult result = consumer.RunSuccessfully("build", "App");

        Assert.AreEqual(1, result.CountTask("QuantizeMoEModel"));
        Assert.AreEqual("tiny-olmoe\n", consumer.RunProgram("App", "bin", "Debug", "net10.0", "App.dll"));
    }

    private static string[] Listing(string folder) => [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    // Whoever runs the tests as root may write anyway; the listing shows that the build does not.
    private static void SetWritable(string folder, bool writable)
    {
        if (OperatingSystem.IsWindows())
            return;
        ProcessResult result = ChildProcess.Run("chmod", ["-R", writable ? "u+w" : "a-w", folder], "/", null, TimeSpan.FromMinutes(1));
        Assert.AreEqual(0, result.ExitCode, result.Output);
    }
}
