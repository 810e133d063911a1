using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;
using MoEQuant.Build.Tasks.Models;
using MoEQuant.Tasks.Tests.Hosting;

namespace MoEQuant.Tasks.Tests.Models;

[TestClass]
public sealed class ResolveMoEModelsTests
{
    private readonly RecordingBuildEngine _engine = new();

    [TestMethod]
    public void Execute_TwoModels_KeepsOrderAndDerivesPaths()
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "models/b");
        CreateCheckpoint(folder, "models/a");

        ResolveMoEModels task = Run(folder, Item("models/b/"), Item(Path.Combine(folder.Path, "models", "a"), "First model"));

        Assert.IsEmpty(_engine.Errors);
        Assert.AreEqual("B FirstModel", string.Join(' ', task.ResolvedModels.Select(model => model.GetMetadata(ModelMetadata.AccessorName))));
        ITaskItem first = task.ResolvedModels[0];
        Assert.AreEqual(folder.File("models/b"), first.GetMetadata(ModelMetadata.CheckpointFolder));
        Assert.AreEqual(folder.File("obj/B.moeq"), first.GetMetadata(ModelMetadata.PackedFile));
        Assert.AreEqual(folder.File("obj/B.fingerprint"), first.ItemSpec);
        Assert.AreEqual("MoEQuant/B.moeq", first.GetMetadata(ModelMetadata.LogicalName));
        Assert.AreEqual("First model", task.ResolvedModels[1].GetMetadata(ModelMetadata.Name));
        Assert.AreEqual(
            "config.json model.safetensors",
            string.Join(' ', task.CheckpointFiles.Where(file => file.GetMetadata("PackedFile") == folder.File("obj/B.moeq")).Select(file => Path.GetFileName(file.ItemSpec))));
    }

    [TestMethod]
    public void Execute_NamesThatDifferInCaseOnly_Collide()
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "Tiny");
        CreateCheckpoint(folder, "x");

        ResolveMoEModels task = Run(folder, Item("Tiny"), Item("x", "TINY"));

        Assert.AreEqual("MOEQ4005", _engine.Errors.Single().Code);
        Assert.HasCount(1, task.ResolvedModels, "The first one keeps the name.");
    }

    [TestMethod]
    public void Execute_MetadataOfIdes_IsNotWarnedAbout()
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "x");
        TaskItem item = Item("x");
        item.SetMetadata("Visible", "false");
        item.SetMetadata("groupsize", "32");

        Run(folder, item);

        Assert.IsEmpty(_engine.Warnings);
    }

    [TestMethod]
    public void Execute_Sidecar_GivesADescriptionAsResourceAndAFileNamedAfterTheAssembly()
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "x");
        TaskItem item = Item("x");
        item.SetMetadata("Packaging", "sidecar");

        ITaskItem model = Run(folder, item).ResolvedModels.Single();

        Assert.IsEmpty(_engine.Warnings);
        Assert.AreEqual("Sidecar", model.GetMetadata(ModelMetadata.Packaging));
        Assert.AreEqual("MoEQuant/X.sidecar", model.GetMetadata(ModelMetadata.LogicalName));
        Assert.AreEqual(folder.File("obj/X.sidecar"), model.GetMetadata(ModelMetadata.ResourceFile));
        Assert.AreEqual("My.App.X.moeq", model.GetMetadata(ModelMetadata.SidecarName));
        Assert.AreEqual(folder.File("obj/X.moeq"), model.GetMetadata(ModelMetadata.PackedFile));
    }

    [TestMethod]
    [DataRow("", "torch-cuda", "torch-cuda")]
    [DataRow("managed", "torch-cuda", "managed")]
    [DataRow("", "", "")]
    public void Execute_Device_IsTheModelsOwnOrTheProjects(string own, string project, string expected)
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "x");
        TaskItem item = Item("x");
        item.SetMetadata("Device", own);

        ITaskItem model = Run(folder, task => task.DefaultDevice = project, item).ResolvedModels.Single();

        Assert.AreEqual(expected, model.GetMetadata("Device"));
    }

    [TestMethod]
    public void Execute_EvaluationFiles_AreFoundFromTheProjectAndAreInputs()
    {
        using TemporaryFolder folder = new();
        CreateCheckpoint(folder, "x");
        TaskItem item = Item("x");
        item.SetMetadata("EvaluationFiles", " texts/a.txt;; " + folder.File("b.txt"));

        ResolveMoEModels task = Run(folder, item);

        Assert.IsEmpty(_engine.Warnings);
        Assert.AreEqual($"{folder.File("texts/a.txt")};{folder.File("b.txt")}", task.ResolvedModels.Single().GetMetadata("EvaluationFiles"));
        Assert.AreEqual(
            "config.json model.safetensors a.txt b.txt",
            string.Join(' ', task.CheckpointFiles.Select(file => Path.GetFileName(file.ItemSpec))));
        Assert.AreEqual(folder.File("obj/X.report.html"), task.ResolvedModels[0].GetMetadata("ReportFile"));
    }

    private ResolveMoEModels Run(TemporaryFolder folder, params ITaskItem[] models) => Run(folder, _ => { }, models);

    private ResolveMoEModels Run(TemporaryFolder folder, Action<ResolveMoEModels> set, params ITaskItem[] models)
    {
        ResolveMoEModels task = new()
        {
            BuildEngine = _engine,
            Models = models,
            ProjectFile = folder.File("App.csproj"),
            IntermediateFolder = folder.File("obj"),
            Language = "C#",
            AssemblyName = "My.App",
        };
        set(task);
        Assert.AreEqual(task.Execute(), _engine.Errors.Count == 0);
        return task;
    }

    private static TaskItem Item(string path, string name = "")
    {
        TaskItem item = new(path);
        if (name.Length > 0)
            item.SetMetadata("Name", name);
        return item;
    }

    private static void CreateCheckpoint(TemporaryFolder folder, string name)
    {
        Directory.CreateDirectory(folder.File(name));
        foreach (string file in (string[])["model.safetensors", "config.json", "README.md", ".DS_Store"])
            folder.Write(Path.Combine(name, file), "{}"u8);
    }
}
