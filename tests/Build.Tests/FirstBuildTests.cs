using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

[TestClass]
public sealed class FirstBuildTests
{
    [TestMethod]
    public void Build_FreshProject_QuantizesOnceAndEmbedsTheModel()
    {
        using ConsumerProject project = new();

        BuildResult result = project.BuildSuccessfully();

        EngineRun run = project.EngineRuns.Single();
        Assert.AreEqual(project.PathOf("models", "tiny-olmoe"), run.Checkpoint);
        Assert.AreEqual(project.PackedFile, run.Output);
        Assert.AreEqual("tiny-olmoe", run.Options!["--name"]);
        Assert.AreEqual("W3A16", run.Options["--scheme"]);
        Assert.AreEqual("msbuild", run.Options["--log"]);
        Assert.AreEqual("--cache --log --name --report --scheme", string.Join(' ', run.Options.Keys.Order(StringComparer.Ordinal)), "Only what the project sets is passed on, and where things lie; the rest is the engine's default.");
        Assert.Contains("quantizing tiny-olmoe: layer 1 of 2", result.Output, "Progress is visible at the default verbosity.");
        Assert.DoesNotContain("FakeEngine.dll", result.Output, "The command line is not.");
        Assert.AreEqual("MoEQuant/TinyOlmoe.moeq: fake --name=tiny-olmoe --scheme=W3A16 --log=msbuild\n", project.RunApp());
    }

    [TestMethod]
    public void Build_AllMetadataAndProperties_HaveTheirEffect()
    {
        using ConsumerProject project = new();
        project.EditProject(
            """Scheme="W3A16" """,
            """Scheme="W4A16" GroupSize="32" DenseRank="16" SparseRank="4" CompensatorBits="3" Name="Tiny olmoe" """);

        project.Quantize("-p:MoEQuantThreads=1", "-p:MoEQuantDevice=torch-cpu", "-p:MoEQuantAccessorNamespace=Other.Place");

        IReadOnlyDictionary<string, string> options = project.EngineRuns.Single().Options!;
        Assert.AreEqual(
            "--compensator-bits=3 --dense-rank=16 --device=torch-cpu --group-size=32 --log=msbuild --name=Tiny olmoe --scheme=W4A16 --sparse-rank=4 --threads=1",
            string.Join(' ', options.Where(option => option.Key is not ("--cache" or "--report")).OrderBy(option => option.Key, StringComparer.Ordinal).Select(option => $"{option.Key}={option.Value}")));
        Assert.Contains("namespace Other.Place\n", File.ReadAllText(Path.Combine(project.IntermediateFolder, "MoEModels.g.cs")));
    }

    [TestMethod]
    public void Build_UnusualFolderName_Works()
    {
        using ConsumerProject project = new(folderName: "100% modèle 模型 (copy) @y");

        project.BuildSuccessfully();

        Assert.AreEqual(project.PathOf("models", "tiny-olmoe"), project.EngineRuns.Single().Checkpoint);
        Assert.StartsWith("MoEQuant/TinyOlmoe.moeq: fake", project.RunApp());
    }

    [TestMethod]
    public void Build_ModelFolderWithMSBuildsSpecialCharacters_Works()
    {
        using ConsumerProject project = new();
        const string Folder = "50%25; (1) 'x' @(y) $(z)";
        Directory.Move(project.PathOf("models", "tiny-olmoe"), project.PathOf("models", Folder));
        project.EditProject("\"models/tiny-olmoe\"", "\"models/50%2525%3b %281%29 %27x%27 %40%28y%29 %24%28z%29\" Name=\"TinyOlmoe\"");

        project.Quantize();

        Assert.AreEqual(project.PathOf("models", Folder), project.EngineRuns.Single().Checkpoint);
    }

    [TestMethod]
    public void Build_TwoModels_QuantizesAndEmbedsBoth()
    {
        using ConsumerProject project = new();
        Directory.Move(project.PathOf("models"), project.PathOf("two"));
        Directory.CreateDirectory(project.PathOf("models"));
        Directory.Move(project.PathOf("two", "tiny-olmoe"), project.PathOf("models", "tiny-olmoe"));
        Directory.CreateDirectory(project.PathOf("models", "7b.de"));
        File.WriteAllText(project.PathOf("models", "7b.de", "config.json"), "{}");
        project.EditProject("</ItemGroup>", """<MoEModel Include="models/7b.de/" Scheme="W4A16" /></ItemGroup>""");
        File.AppendAllText(project.PathOf("Program.cs"), "Console.WriteLine(MoEModels.Load7bDe().Description);\n");

        project.BuildSuccessfully();

        Assert.HasCount(2, project.EngineRuns);
        string[] lines = project.RunApp().Split('\n');
        Assert.StartsWith("MoEQuant/TinyOlmoe.moeq: fake --name=tiny-olmoe --scheme=W3A16", lines[0]);
        Assert.StartsWith("MoEQuant/7bDe.moeq: fake --name=7b.de --scheme=W4A16", lines[1]);
    }
}
