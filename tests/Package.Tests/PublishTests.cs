using System.Globalization;
using System.Text.RegularExpressions;
using MoEQuant.Package.Tests.Consumer;
using MoEQuant.Package.Tests.Feed;

namespace MoEQuant.Package.Tests;

/// <summary>Every way to publish gives a program that starts, finds its model and tells the same story.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed partial class PublishTests
{
    // README.md's table: program and command.
    private static readonly Dictionary<string, string> Commands = Row().Matches(Readme.Text).ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);

    private static ConsumerFolder s_consumer = null!;
    private static string s_text = "";

    /// <summary>The way README.md says first: framework-dependent.</summary>
    [ClassInitialize]
    public static void PublishFrameworkDependent(TestContext context)
    {
        s_consumer = new ConsumerFolder("ConsoleApp");
        Assert.AreEqual("dotnet publish", Commands["Framework-dependent"]);
        s_consumer.RunSuccessfully("publish", "-o", "portable");
        s_text = s_consumer.RunProgram("portable", "ConsoleApp.dll");
        Assert.IsGreaterThan(20, s_text.Length, s_text);
    }

    [ClassCleanup]
    public static void DeleteConsumer() => s_consumer.Dispose();

    [TestMethod]
    public void Table_OfReadme_NamesWhatIsTested() =>
        CollectionAssert.AreEqual(new[] { "Framework-dependent", "Self-contained", "Single file", "Trimmed", "Native AOT" }, Commands.Keys.ToArray());

    [TestMethod]
    public void Publish_SelfContained_TellsTheSameStory() => Publish("Self-contained");

    [TestMethod]
    public void Publish_SingleFile_IsOneFile()
    {
        Publish("Single file");

        Assert.AreEqual("ConsoleApp", Path.GetFileName(Directory.GetFiles(s_consumer.PathOf("published")).Single()));
    }

    [TestMethod]
    public void Publish_Trimmed_TellsTheSameStory() => Publish("Trimmed");

    [TestMethod]
    public void Publish_NativeAot_IsOneExecutable()
    {
        Publish("Native AOT", Platform.NativeLinkerProperties());

        string executable = Directory.GetFiles(s_consumer.PathOf("published")).Single();
        Assert.AreEqual("ConsoleApp", Path.GetFileName(executable));
        long model = new FileInfo(Directory.GetFiles(s_consumer.PathOf("obj", "Release"), "TinyOlmoe.moeq", SearchOption.AllDirectories)[0]).Length;
        Match sizes = NativeSizes().Match(Readme.Text);
        Assert.AreEqual(Megabytes(sizes.Groups[1]) - Megabytes(sizes.Groups[2]), (new FileInfo(executable).Length - model) / 1e6, 0.5, "README.md says what a native executable has besides its model.");

        static double Megabytes(Group figure) => double.Parse(figure.Value, CultureInfo.InvariantCulture);
    }

    private static void Publish(string program, params string[] properties)
    {
        // dotnet publish -r RID …
        string[] command = [.. Commands[program].Split(' ')[4..], .. properties];
        MachinePackages.Require(command);
        if (Directory.Exists(s_consumer.PathOf("published")))
            Directory.Delete(s_consumer.PathOf("published"), recursive: true);

        BuildResult result = s_consumer.RunSuccessfully(
            "publish", ["-r", Platform.RuntimeIdentifier, .. command, "-o", "published", "-p:DebugType=none", "-p:StripSymbols=true", "-p:TrimmerSingleWarn=false"]);

        Assert.IsEmpty(result.Warnings, "Nothing of ours resists trimming.");
        foreach (string debugFile in Directory.GetFiles(s_consumer.PathOf("published"), "*.dbg"))
            File.Delete(debugFile);
        Assert.AreEqual(s_text, s_consumer.RunProgram("published", "ConsoleApp"));
    }

    [GeneratedRegex(@"is one file of ([\d.]+) MB, ([\d.]+) MB of which are the model")]
    private static partial Regex NativeSizes();

    [GeneratedRegex(@"^\| ([\w -]+) \| `(dotnet publish[^`]*)` \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
