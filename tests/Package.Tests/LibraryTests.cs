using MoEQuant.Package.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Package.Tests;

/// <summary>A class library carries the model; the app references the library and knows nothing of MoEQuant.</summary>
[TestClass]
public sealed class LibraryTests
{
    [TestMethod]
    public void App_OfALibraryWithAModel_FindsItEmbeddedAndBesideIt()
    {
        using ConsumerFolder consumer = new("LibraryAndApp");

        BuildResult embedded = consumer.RunSuccessfully("build", "App");
        Assert.AreEqual(1, embedded.CountTask("QuantizeMoEModel"));
        Assert.IsEmpty(embedded.Warnings);
        string text = consumer.RunProgram("App", "bin", "Debug", "net10.0", "App.dll");
        Assert.IsGreaterThan(20, text.Length, text);
        long librarySize = new FileInfo(consumer.PathOf("App", "bin", "Debug", "net10.0", "Library.dll")).Length;

        BuildResult beside = consumer.RunSuccessfully("publish", "App", "-c", "Debug", "-o", "published", "-p:ModelPackaging=Sidecar");
        Assert.AreEqual(0, beside.CountTask("QuantizeMoEModel"), "Where the packed file goes does not change it.");
        Assert.IsEmpty(beside.Warnings);
        Assert.IsLessThan(librarySize / 100, new FileInfo(consumer.PathOf("published", "Library.dll")).Length);
        foreach (string folder in (string[])["published", Path.Combine("App", "bin", "Debug", "net10.0")])
        {
            Assert.IsTrue(File.Exists(consumer.PathOf(folder, "Library.TinyOlmoe.moeq")), folder);
            Assert.AreEqual(text, consumer.RunProgram(folder, "App.dll"), folder);
        }

        RefusesOtherFiles(consumer);

        // Nothing is left to do, and going back embeds again.
        Assert.AreEqual(0, consumer.RunSuccessfully("build", "App", "-p:ModelPackaging=Sidecar").CountTask("Csc"));
        consumer.RunSuccessfully("build", "App");
        Assert.AreEqual(text, consumer.RunProgram("App", "bin", "Debug", "net10.0", "App.dll"));
        Assert.IsFalse(File.Exists(consumer.PathOf("Library", "bin", "Debug", "net10.0", "Library.TinyOlmoe.moeq")), "The file of the other packaging is gone.");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void SingleFile_OfASidecar_LeavesTheModelBesideTheExecutable()
    {
        using ConsumerFolder consumer = new("LibraryAndApp");

        consumer.RunSuccessfully(
            "publish", "App", "-r", Platform.RuntimeIdentifier, "--no-self-contained", "-p:PublishSingleFile=true", "-p:IncludeAllContentForSelfExtract=true", "-p:DebugType=none",
            "-o", "published", "-p:ModelPackaging=Sidecar");

        CollectionAssert.AreEquivalent(new[] { "App", "Library.TinyOlmoe.moeq" }, Directory.GetFiles(consumer.PathOf("published")).Select(Path.GetFileName).ToArray());
        Assert.IsGreaterThan(20, consumer.RunProgram("published", "App").Length);
    }

    private static void RefusesOtherFiles(ConsumerFolder consumer)
    {
        string file = consumer.PathOf("published", "Library.TinyOlmoe.moeq");
        byte[] content = File.ReadAllBytes(file);

        File.Delete(file);
        AssertRefused(consumer, "MOEQ5041");
        File.WriteAllBytes(file, content[..^1]);
        AssertRefused(consumer, "MOEQ5042");
        // A model of the same shape packed with another option, as another build of the app has it.
        content[content.AsSpan().IndexOf("moeq.payload_sha256"u8) + "moeq.payload_sha256\":\"".Length] ^= 1;
        File.WriteAllBytes(file, content);
        AssertRefused(consumer, "MOEQ5043");
    }

    private static void AssertRefused(ConsumerFolder consumer, string code)
    {
        ProcessResult result = consumer.Execute("published", "App.dll");
        Assert.AreEqual(1, result.ExitCode);
        Assert.StartsWith(code, result.Output);
    }
}
