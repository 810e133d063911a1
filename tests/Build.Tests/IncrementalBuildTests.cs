using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

/// <summary>What costs a new quantization and what does not. The tests share one project; each brings it up to date first.</summary>
[TestClass]
public sealed class IncrementalBuildTests
{
    private static ConsumerProject s_project = null!;

    [ClassInitialize]
    public static void CreateProject(TestContext context)
    {
        s_project = new ConsumerProject();
        s_project.BuildSuccessfully();
    }

    [ClassCleanup]
    public static void DeleteProject() => s_project.Dispose();

    [TestMethod]
    public void Build_NothingChanged_StartsNoProcess()
    {
        s_project.BuildSuccessfully("--no-restore");
        DateTime packed = File.GetLastWriteTimeUtc(s_project.PackedFile);

        // Twice: IncrementalClean deletes on the second no-op build what was not registered on the first.
        for (int i = 0; i < 2; i++)
        {
            BuildResult result = s_project.BuildSuccessfully("--no-restore");

            Assert.AreEqual(0, result.CountTask("QuantizeMoEModel"));
            Assert.AreEqual(0, result.CountTask("Csc"), "The accessor and the resource keep their times.");
            Assert.IsLessThan(TimeSpan.FromSeconds(3), result.TimeInBuildStep, "Tens of milliseconds on an idle machine.");
        }

        Assert.AreEqual(packed, File.GetLastWriteTimeUtc(s_project.PackedFile));
    }

    [TestMethod]
    public void Build_OptionChanged_QuantizesWithIt()
    {
        BringUpToDate();
        s_project.EditProject("Scheme=\"W3A16\"", "Scheme=\"W4A16\"");
        try
        {
            Assert.AreEqual("W4A16", BuildAndGetNewRun()?.Options!["--scheme"]);
            s_project.BuildSuccessfully("--no-restore");
            Assert.Contains("--scheme=W4A16", s_project.RunApp(), "The new resource is embedded.");
        }
        finally
        {
            s_project.EditProject("Scheme=\"W4A16\"", "Scheme=\"W3A16\"");
        }
    }

    [TestMethod]
    public void Build_ModelRenamed_DeletesTheOldPackedFile()
    {
        s_project.BuildSuccessfully("--no-restore");
        s_project.EditProject("Scheme=\"W3A16\"", "Scheme=\"W3A16\" Name=\"Other\"");
        Rename("TinyOlmoe", "Other");
        try
        {
            s_project.BuildSuccessfully("--no-restore");

            CollectionAssert.AreEquivalent(
                new[] { "MoEModels.g.cs", "Other.fingerprint", "Other.moeq", "Other.moeq.lock", "Other.report.html", "Other.report.json" },
                Directory.GetFiles(s_project.IntermediateFolder).Select(Path.GetFileName).ToArray());
        }
        finally
        {
            s_project.EditProject(" Name=\"Other\"", "");
            Rename("Other", "TinyOlmoe");
        }
    }

    [TestMethod]
    public void Build_ThreadCountChanged_DoesNotQuantize()
    {
        BringUpToDate();

        Assert.IsNull(BuildAndGetNewRun("-p:MoEQuantThreads=1"), "The bytes do not depend on it.");
    }

    [TestMethod]
    public void Build_CheckpointFileChanged_Quantizes()
    {
        BringUpToDate();
        File.AppendAllText(Checkpoint("model.safetensors"), "x");

        Assert.IsNotNull(BuildAndGetNewRun());
    }

    [TestMethod]
    public void Build_CheckpointFileReplacedByOlderOne_Quantizes()
    {
        BringUpToDate();
        File.SetLastWriteTimeUtc(Checkpoint("tokenizer.json"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        Assert.IsNotNull(BuildAndGetNewRun(), "An older time than the packed file's is a change too.");
    }

    [TestMethod]
    public void Build_CheckpointFileAddedAndRemoved_QuantizesBothTimes()
    {
        BringUpToDate();
        File.WriteAllText(Checkpoint("model-00002-of-00002.safetensors"), "x");
        Assert.IsNotNull(BuildAndGetNewRun());

        File.Delete(Checkpoint("model-00002-of-00002.safetensors"));
        Assert.IsNotNull(BuildAndGetNewRun());
    }

    // As when the package that a model comes from is updated: all its files have the time of its making.
    [TestMethod]
    public void Build_OtherFolderWithTheSameNamesSizesAndTimes_Quantizes()
    {
        BringUpToDate();
        Directory.CreateDirectory(s_project.PathOf("other"));
        foreach (string file in Directory.GetFiles(s_project.PathOf("models", "tiny-olmoe")))
            File.Copy(file, s_project.PathOf("other", Path.GetFileName(file)));
        s_project.EditProject("\"models/tiny-olmoe\"", "\"other\" Name=\"tiny-olmoe\"");
        try
        {
            Assert.AreEqual(s_project.PathOf("other"), BuildAndGetNewRun()?.Checkpoint);
        }
        finally
        {
            s_project.EditProject("\"other\" Name=\"tiny-olmoe\"", "\"models/tiny-olmoe\"");
        }
    }

    [TestMethod]
    public void Build_OtherFileInCheckpointFolderChanged_DoesNotQuantize()
    {
        BringUpToDate();
        File.AppendAllText(Checkpoint("README.md"), "x");

        Assert.IsNull(BuildAndGetNewRun());
    }

    [TestMethod]
    public void Build_EvaluationFileChanged_QuantizesAgain()
    {
        BringUpToDate();
        File.WriteAllText(s_project.PathOf("held-out.txt"), "one");
        s_project.EditProject("Scheme=\"W3A16\"", "Scheme=\"W3A16\" EvaluationFiles=\"held-out.txt\" MaxKlDivergence=\"0.02\"");
        try
        {
            EngineRun? first = BuildAndGetNewRun();
            Assert.AreEqual((s_project.PathOf("held-out.txt"), "0.02"), (first?.Options!["--evaluate"], first?.Options!["--max-kl-divergence"]));
            Assert.IsNull(BuildAndGetNewRun());

            File.WriteAllText(s_project.PathOf("held-out.txt"), "another");
            Assert.IsNotNull(BuildAndGetNewRun());
        }
        finally
        {
            s_project.EditProject(" EvaluationFiles=\"held-out.txt\" MaxKlDivergence=\"0.02\"", "");
        }
    }

    [TestMethod]
    public void Build_ReportSwitchedOff_IsNotAskedFor()
    {
        BringUpToDate();
        File.Delete(s_project.PackedFile);
        Assert.IsFalse(BuildAndGetNewRun("-p:MoEQuantReport=false")!.Options!.ContainsKey("--report"));
        File.Delete(s_project.PackedFile);
        Assert.AreEqual(Path.Combine(s_project.IntermediateFolder, "TinyOlmoe.report.html"), BuildAndGetNewRun()!.Options!["--report"]);
    }

    // As after a build that died, or met a full disk, between the packed file and its report.
    [TestMethod]
    public void Build_ReportMissing_MakesItAgainUnlessNoneIsWanted()
    {
        BringUpToDate();
        string report = Path.Combine(s_project.IntermediateFolder, "TinyOlmoe.report.html");
        File.Delete(report);

        Assert.IsNull(BuildAndGetNewRun("-p:MoEQuantReport=false"));
        Assert.IsNotNull(BuildAndGetNewRun());
        Assert.IsTrue(File.Exists(report));
        Assert.IsNull(BuildAndGetNewRun());
    }

    [TestMethod]
    public void Build_PackedFileDeleted_Quantizes()
    {
        BringUpToDate();
        File.Delete(s_project.PackedFile);

        Assert.IsNotNull(BuildAndGetNewRun());
        Assert.IsTrue(File.Exists(s_project.PackedFile));
    }

    [TestMethod]
    public void Build_EngineReplaced_Quantizes()
    {
        BringUpToDate();
        string copy = s_project.PathOf("engine");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.GetFiles(Path.GetDirectoryName(BuiltArtifacts.FakeEngine)!))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        File.SetLastWriteTimeUtc(Path.Combine(copy, "FakeEngine.dll"), DateTime.UtcNow);

        Assert.IsNotNull(BuildAndGetNewRun($"-p:MoEQuantEnginePath={Path.Combine(copy, "FakeEngine.dll")}"));
    }

    [TestMethod]
    public void Clean_AfterBuild_RemovesEverythingTheBuildStepMade()
    {
        BringUpToDate();

        Assert.AreEqual(0, s_project.Run("clean").ExitCode);

        Assert.IsFalse(Directory.Exists(s_project.IntermediateFolder));
        Assert.IsNotNull(BuildAndGetNewRun());
    }

    private static void Rename(string oldName, string newName)
    {
        foreach (string file in (string[])["Program.cs", "FromNamespacedCode.cs"])
            File.WriteAllText(s_project.PathOf(file), File.ReadAllText(s_project.PathOf(file)).Replace($"Load{oldName}(", $"Load{newName}(", StringComparison.Ordinal));
    }

    private static string Checkpoint(string file) => s_project.PathOf("models", "tiny-olmoe", file);

    private static void BringUpToDate() => Assert.AreEqual(0, s_project.Quantize().ExitCode);

    private static EngineRun? BuildAndGetNewRun(params string[] arguments)
    {
        int before = s_project.EngineRuns.Count;
        BuildResult result = s_project.Quantize(arguments);
        Assert.AreEqual(0, result.ExitCode, result.Output);
        return s_project.EngineRuns.Skip(before).SingleOrDefault();
    }
}
