using MoEQuant.Package.Tests.Consumer;

namespace MoEQuant.Package.Tests;

/// <summary>Projects of other shapes than one app with one model in a folder of its own.</summary>
[TestClass]
public sealed class ProjectShapeTests
{
    [TestMethod]
    public void Build_TwoTargets_PacksForBothAtTheSameTime()
    {
        using ConsumerFolder consumer = new("TwoTargets");

        BuildResult result = consumer.RunSuccessfully("build", "-m:2");

        Assert.AreEqual(2, result.CountTask("QuantizeMoEModel"));
        Assert.AreEqual(2, result.CountNodes("QuantizeMoEModel"), "The inner builds have a process each.");
        Assert.IsEmpty(result.Warnings);
        foreach (string framework in (string[])["net10.0", "net10.0-windows"])
            Assert.AreEqual("tiny-olmoe\n", consumer.RunProgram("bin", "Debug", framework, "TwoTargets.dll"), framework);
    }

    [TestMethod]
    public void Build_TwoModelsInAnOlderLanguage_EmbedsBoth()
    {
        using ConsumerFolder consumer = new("TwoModels");

        BuildResult result = consumer.RunSuccessfully("build");

        Assert.AreEqual(2, result.CountTask("QuantizeMoEModel"));
        Assert.IsEmpty(result.Warnings);
        foreach (string model in (string[])["TinyOlmoe", "ZweitesModell"])
            Assert.IsTrue(File.Exists(consumer.PathOf("obj", "Debug", "net10.0", "moequant", model + ".moeq")), model);
        Assert.AreEqual("tiny-olmoe W3A16\nZweites Modell W4A16\n", consumer.RunProgram("bin", "Debug", "net10.0", "TwoModels.dll"));
    }

    [TestMethod]
    public void Build_ModelByPropertyThenByAbsolutePath_PacksWhatIsNamed()
    {
        using ConsumerFolder consumer = new("ModelByProperty");
        Assert.AreEqual(1, consumer.RunSuccessfully("build").CountTask("QuantizeMoEModel"));
        Assert.AreEqual("story\n", consumer.RunProgram("bin", "Debug", "net10.0", "ModelByProperty.dll"));
        byte[] packed = File.ReadAllBytes(consumer.PathOf("obj", "Debug", "net10.0", "moequant", "Story.moeq"));

        using TemporaryFolder elsewhere = new();
        string absolute = elsewhere.File("Größe 模型 (kopie)");
        Directory.Move(consumer.PathOf("models", "tiny-olmoe"), absolute);
        BuildResult result = consumer.RunSuccessfully("build", "--no-restore", $"-p:StoryModel={absolute}");

        Assert.AreEqual(1, result.CountTask("QuantizeMoEModel"), "Another folder is another model until it is packed.");
        CollectionAssert.AreEqual(packed, File.ReadAllBytes(consumer.PathOf("obj", "Debug", "net10.0", "moequant", "Story.moeq")));
        Assert.AreEqual("story\n", consumer.RunProgram("bin", "Debug", "net10.0", "ModelByProperty.dll"));
    }

    // Once with a process per project, which share a cache folder; once in one process with several threads, as multithreaded MSBuild does it.
    [TestMethod]
    [DataRow("-m:2", true)]
    [DataRow("-multithreaded", false)]
    public void Build_OneModelInTwoProjectsAtOnce_GivesTheSameBytesAndNeedsNotWriteTheSources(string hosts, bool cache)
    {
        using ConsumerFolder consumer = new("TwoProjects");
        using TemporaryFolder artifacts = new();
        string[] before = Listing(consumer.Folder);
        using ReadOnlySources sources = new(consumer.Folder);

        BuildResult result = consumer.RunSuccessfully(
            "build", "TwoProjects.slnx", hosts, "--artifacts-path", artifacts.Path, $"-p:MoEQuantCache={(cache ? "true" : "false")}", $"-p:MoEQuantCacheDirectory={artifacts.File("cache")}");

        Assert.AreEqual(2, result.CountTask("QuantizeMoEModel"));
        Assert.AreEqual(2, result.CountNodes("QuantizeMoEModel"), "At the same time.");
        Assert.IsEmpty(result.Warnings);
        CollectionAssert.AreEqual(before, Listing(consumer.Folder), "A build makes nothing among the sources.");
        byte[] first = File.ReadAllBytes(Path.Combine(artifacts.Path, "obj", "First", "debug", "moequant", "TinyOlmoe.moeq"));
        CollectionAssert.AreEqual(first, File.ReadAllBytes(Path.Combine(artifacts.Path, "obj", "Second", "debug", "moequant", "TinyOlmoe.moeq")));
        // One entry with embedding, four layers and tail, and its title: neither project made a second one, and nothing unfinished is left.
        Assert.AreEqual(cache ? 7 : 0, Directory.Exists(artifacts.File("cache")) ? Directory.GetFiles(artifacts.File("cache"), "*", SearchOption.AllDirectories).Length : 0);
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
}
