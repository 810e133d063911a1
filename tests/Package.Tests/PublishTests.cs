using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>Every way to publish gives a program that starts, finds its model and tells the same story.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class PublishTests
{
    private static ConsumerFolder s_consumer = null!;
    private static string s_text = "";

    /// <summary>The way README.md says first: framework-dependent.</summary>
    [ClassInitialize]
    public static void PublishFrameworkDependent(TestContext context)
    {
        s_consumer = new ConsumerFolder("ConsoleApp");
        s_consumer.RunSuccessfully("publish", "-o", "portable");
        s_text = s_consumer.RunProgram("portable", "ConsoleApp.dll");
        Assert.IsGreaterThan(20, s_text.Length, s_text);
    }

    [ClassCleanup]
    public static void DeleteConsumer() => s_consumer.Dispose();

    [TestMethod]
    public void Publish_SelfContained_TellsTheSameStory() => Publish("-p:SelfContained=true");

    [TestMethod]
    public void Publish_SingleFile_IsOneFile()
    {
        Publish("-p:SelfContained=true", "-p:PublishSingleFile=true");

        Assert.AreEqual("ConsoleApp", Path.GetFileName(Directory.GetFiles(s_consumer.PathOf("published")).Single()));
    }

    [TestMethod]
    public void Publish_Trimmed_TellsTheSameStory() => Publish("-p:SelfContained=true", "-p:PublishTrimmed=true", "-p:TrimmerSingleWarn=false");

    [TestMethod]
    public void Publish_NativeAot_IsOneExecutable()
    {
        string[] linker = Platform.NativeLinkerProperties();

        Publish(["-p:PublishAot=true", "-p:TrimmerSingleWarn=false", .. linker]);

        Assert.AreEqual("ConsoleApp", Path.GetFileName(Directory.GetFiles(s_consumer.PathOf("published")).Single()));
    }

    private static void Publish(params string[] properties)
    {
        MachinePackages.Require(properties);
        if (Directory.Exists(s_consumer.PathOf("published")))
            Directory.Delete(s_consumer.PathOf("published"), recursive: true);

        BuildResult result = s_consumer.RunSuccessfully("publish", ["-r", Platform.RuntimeIdentifier, "-o", "published", "-p:DebugType=none", "-p:StripSymbols=true", .. properties]);

        Assert.IsEmpty(result.Warnings, "Nothing of ours resists trimming.");
        foreach (string debugFile in Directory.GetFiles(s_consumer.PathOf("published"), "*.dbg"))
            File.Delete(debugFile);
        Assert.AreEqual(s_text, s_consumer.RunProgram("published", "ConsoleApp"));
    }
}
