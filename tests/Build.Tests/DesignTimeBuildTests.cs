using System.Text.Json;
using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

[TestClass]
public sealed class DesignTimeBuildTests
{
    // What Visual Studio and the C# language server pass.
    private static readonly string[] DesignTime =
    [
        "-t:Compile", "-t:CollectUpToDateCheckInputDesignTime", "-p:DesignTimeBuild=true", "-p:BuildingInsideVisualStudio=true", "-p:SkipCompilerExecution=true",
        "-p:ProvideCommandLineArgs=true",
    ];

    [TestMethod]
    public void DesignTimeBuild_FreshProject_GivesAccessorsAndResourceNamesWithoutEngine()
    {
        using ConsumerProject project = CreateProject();

        BuildResult result = project.BuildSuccessfully([.. DesignTime, "-restore", "-getItem:CscCommandLineArgs,UpToDateCheckInput,UpToDateCheckBuilt"]);

        Assert.IsEmpty(project.EngineRuns);
        string accessor = Path.Combine(project.IntermediateFolder, "MoEModels.g.cs");
        Assert.Contains("LoadTinyOlmoe", File.ReadAllText(accessor));
        JsonElement items = JsonDocument.Parse(result.Output[result.Output.IndexOf('{')..(result.Output.LastIndexOf('}') + 1)]).RootElement.GetProperty("Items");
        string[] compilerArguments = Identities(items, "CscCommandLineArgs");
        Assert.Contains(accessor, compilerArguments);
        Assert.Contains($"/resource:{project.PackedFile},MoEQuant/TinyOlmoe.moeq", compilerArguments);
        Assert.Contains(project.PathOf("models", "tiny-olmoe", "model.safetensors"), Identities(items, "UpToDateCheckInput"));
        Assert.AreEqual(project.PackedFile, Identities(items, "UpToDateCheckBuilt").Single());
    }

    [TestMethod]
    public void DesignTimeBuild_OneBadModel_StillGivesTheOthersAccessor()
    {
        using ConsumerProject project = CreateProject();
        project.EditProject("</ItemGroup>", """<MoEModel Include="models/missing" /></ItemGroup>""");

        BuildResult result = project.Build([.. DesignTime, "-restore"]);

        Assert.StartsWith("MOEQ4001", result.Errors.Single());
        Assert.Contains("LoadTinyOlmoe", File.ReadAllText(Path.Combine(project.IntermediateFolder, "MoEModels.g.cs")));
    }

    private static ConsumerProject CreateProject()
    {
        ConsumerProject project = new();
        // The target belongs to Visual Studio's own files, which the SDK does not have.
        File.WriteAllText(project.PathOf("Directory.Build.targets"), """<Project><Target Name="CollectUpToDateCheckInputDesignTime" /></Project>""");
        return project;
    }

    private static string[] Identities(JsonElement items, string name) => [.. items.GetProperty(name).EnumerateArray().Select(item => item.GetProperty("Identity").GetString()!)];
}
