using MoEQuant.Package.Tests.Consumer;

namespace MoEQuant.Package.Tests;

/// <summary>The same project in different folders, one of them with spaces and characters beyond ASCII, built as a build server does it.</summary>
[TestClass]
public sealed class ReproducibilityTests
{
    [TestMethod]
    public void Build_TwoFolders_GivesIdenticalPackedFilesAndAssemblies()
    {
        using ConsumerFolder first = new("ConsoleApp", "a");
        using ConsumerFolder second = new("ConsoleApp", "Größe 模型 (kopie)");
        foreach (ConsumerFolder consumer in (ConsumerFolder[])[first, second])
        {
            // In a repository the SDK adds this by itself.
            File.WriteAllText(consumer.PathOf("Directory.Build.props"), """<Project><ItemGroup><SourceRoot Include="$(MSBuildThisFileDirectory)" /></ItemGroup></Project>""");
            consumer.RunSuccessfully("build", "-c", "Release", "-p:ContinuousIntegrationBuild=true", "-p:Deterministic=true");
        }

        Assert.IsGreaterThan(20, second.RunProgram("bin", "Release", "net10.0", "ConsoleApp.dll").Length);
        foreach (string[] file in (string[][])[["obj", "Release", "net10.0", "moequant", "TinyOlmoe.moeq"], ["bin", "Release", "net10.0", "ConsoleApp.dll"], ["bin", "Release", "net10.0", "ConsoleApp.pdb"]])
            CollectionAssert.AreEqual(File.ReadAllBytes(first.PathOf(file)), File.ReadAllBytes(second.PathOf(file)), file[^1]);
    }
}
