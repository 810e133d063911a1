using System.Diagnostics;
using MoEQuant.Build.Tests.Consumer;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Build.Tests;

/// <summary>The real engine and the real runtime, in a project that consists of README.md's snippets and the sample checkpoint.</summary>
[TestClass]
public sealed class EndToEndTests
{
    [TestMethod]
    public void Readme_ProjectOfItsSnippets_PacksAndGenerates()
    {
        using ConsumerProject project = CreateProject();

        project.BuildSuccessfully();

        long before = new FileInfo(project.PathOf("models", "tiny-olmoe", "model.safetensors")).Length;
        Assert.IsLessThan(0.36 * before, new FileInfo(project.PackedFile).Length);
        string text = project.RunApp();
        Assert.IsGreaterThan(40, text.Length, text);
        Assert.AreEqual(text, project.RunApp(), "The snippet sets a seed.");
    }

    [TestMethod]
    public void Build_DamagedCheckpoint_ShowsTheEnginesErrorOnce()
    {
        using ConsumerProject project = CreateProject();
        using (FileStream weights = File.OpenWrite(project.PathOf("models", "tiny-olmoe", "model.safetensors")))
            weights.SetLength(weights.Length - 1);

        BuildResult result = project.Quantize();

        Assert.AreNotEqual(0, result.ExitCode);
        Assert.StartsWith("MOEQ10", result.Errors.Single());
        Assert.Contains("model.safetensors : error MOEQ10", result.Output);
    }

    // A cache saves time in other builds; this one needs none.
    [TestMethod]
    public void Build_CacheThatCannotBeWritten_IsOneWarning()
    {
        using ConsumerProject project = CreateProject();
        project.EditProject("\"models/tiny-olmoe\"", "\"models/tiny-olmoe\" DenseRank=\"0\" SparseRank=\"0\"");
        File.WriteAllText(project.PathOf("cache"), "a file where the folder should be");

        BuildResult result = project.Quantize();

        Assert.AreEqual(0, result.ExitCode, result.Output);
        Assert.StartsWith("MOEQ3080: ", result.Warnings.Single());
        Assert.Contains($"{project.PathOf("cache")} : warning MOEQ3080: ", result.Output);
        Assert.IsTrue(File.Exists(project.PackedFile));
    }

    [TestMethod]
    public void Build_ImpossibleOption_ShowsTheEnginesErrorOnce()
    {
        using ConsumerProject project = CreateProject();
        project.EditProject("\"models/tiny-olmoe\"", "\"models/tiny-olmoe\" Scheme=\"W2A2\"");

        BuildResult result = project.Quantize();

        Assert.StartsWith("MOEQ20", result.Errors.Single());
        Assert.Contains("W2A2", result.Errors.Single());
    }

    [TestMethod]
    [OSCondition(ConditionMode.Exclude, OperatingSystems.Windows)]
    public void Interrupt_RealEngine_LeavesNothingBehindAndGoesOnFromTheCache()
    {
        using ConsumerProject project = CreateProject();
        using ChildProcess build = project.Start("build", ["--no-restore", "-t:QuantizeMoEModels"], "env", "--default-signal=INT");
        Stopwatch watch = Stopwatch.StartNew();
        while (!build.Output.Contains("Layer 1 of 4", StringComparison.Ordinal))
        {
            Assert.IsLessThan(TimeSpan.FromMinutes(2), watch.Elapsed, build.Output);
            Thread.Sleep(20);
        }

        Assert.HasCount(1, Directory.GetFiles(project.IntermediateFolder, "TinyOlmoe.moeq.*.tmp"), "The engine's temporary file has the name that the task looks for.");

        Signals.Interrupt(build.Id);

        Assert.AreNotEqual(0, project.Finish(build).ExitCode);
        CollectionAssert.AreEquivalent(
            new[] { "MoEModels.g.cs", "TinyOlmoe.fingerprint", "TinyOlmoe.moeq.lock" },
            Directory.GetFiles(project.IntermediateFolder).Select(Path.GetFileName).ToArray());

        // What was finished is not made again.
        BuildResult second = project.Quantize();
        Assert.AreEqual(0, second.ExitCode, second.Output);
        Assert.MatchesRegex("[2-5] of 6 parts came from the cache", second.Output);
    }

    internal static ConsumerProject CreateProject(string? engine = null)
    {
        ConsumerProject project = new("Readme") { EnginePath = engine ?? BuiltArtifacts.Engine };
        project.EditProject("<!-- README -->", Readme.Blocks("xml").Single());
        File.WriteAllText(project.PathOf("Program.cs"), Readme.Blocks("csharp")[0]);
        Directory.CreateDirectory(project.PathOf("models", "tiny-olmoe"));
        foreach (string file in Directory.GetFiles(RepositoryPaths.SampleCheckpoint))
            File.Copy(file, project.PathOf("models", "tiny-olmoe", Path.GetFileName(file)));
        return project;
    }
}
