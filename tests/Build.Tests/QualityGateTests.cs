using System.Text.Json;
using MoEQuant.Build.Tests.Consumer;

namespace MoEQuant.Build.Tests;

/// <summary>Limits on the loss of quality in a real build with the real engine.</summary>
[TestClass]
public sealed class QualityGateTests
{
    [TestMethod]
    public void Build_GateMissedThenRelaxed_FailsWithTheFigureThenPasses()
    {
        using ConsumerProject project = new("Readme") { EnginePath = BuiltArtifacts.Engine };
        project.EditProject("<!-- README -->", """
            <ItemGroup>
              <MoEModel Include="models/tiny-olmoe" DenseRank="0" SparseRank="0" EvaluationFiles="held-out.txt" EvaluationWindows="1" MaxKlDivergence="0.000001" MinRouterAgreement="1%" />
            </ItemGroup>
            """);
        Directory.CreateDirectory(project.PathOf("models", "tiny-olmoe"));
        foreach (string file in Directory.GetFiles(RepositoryPaths.SampleCheckpoint))
            File.Copy(file, project.PathOf("models", "tiny-olmoe", Path.GetFileName(file)));
        File.WriteAllText(project.PathOf("held-out.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night, and nobody was in the street but a cat. ", 40)));
        string page = Path.Combine(project.IntermediateFolder, "TinyOlmoe.report.html");

        BuildResult result = project.Build("-t:Restore;QuantizeMoEModels");

        Assert.MatchesRegex(@"^MOEQ3031: The mean KL divergence from the checkpoint is 0\.\d+; at most 1E-06 is allowed\. Give the model more bits", result.Errors.Single());
        Assert.IsFalse(File.Exists(project.PackedFile));
        Assert.Contains("Refused", File.ReadAllText(page), "The report tells why.");

        project.EditProject("MaxKlDivergence=\"0.000001\"", "MaxKlDivergence=\"1\"");
        result = project.Quantize();

        Assert.AreEqual(0, result.ExitCode, result.Output);
        Assert.Contains("parts came from the cache", result.Output, "Only the evaluation runs again.");
        Assert.IsNotEmpty(Directory.GetFiles(project.PathOf("cache"), "*", SearchOption.AllDirectories));
        Assert.IsTrue(File.Exists(project.PackedFile));
        Assert.Contains("mean KL divergence 0.", result.Output);
        Assert.Contains(page, result.Output, "The log says where the report is.");
        Assert.Contains("All quality gates passed", File.ReadAllText(page));
        using JsonDocument data = JsonDocument.Parse(File.ReadAllBytes(Path.ChangeExtension(page, ".json")));
        Assert.AreEqual(1, data.RootElement.GetProperty("gates").GetProperty("maxKlDivergence").GetDouble());

        Assert.AreEqual(0, project.Build("--no-restore", "-t:MoEQuantClearCache").ExitCode);
        Assert.IsEmpty(Directory.GetFiles(project.PathOf("cache"), "*", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Build_ExpertsBelowTheMinimum_IsABuildWarning()
    {
        using ConsumerProject project = new("Readme") { EnginePath = BuiltArtifacts.Engine };
        project.EditProject("<!-- README -->", """
            <ItemGroup>
              <MoEModel Include="models/tiny-olmoe" DenseRank="0" SparseRank="0" CalibrationFiles="text.txt" CalibrationTokens="128" Rounding="nearest" MinExpertTokens="100000" />
            </ItemGroup>
            """);
        Directory.CreateDirectory(project.PathOf("models", "tiny-olmoe"));
        foreach (string file in Directory.GetFiles(RepositoryPaths.SampleCheckpoint))
            File.Copy(file, project.PathOf("models", "tiny-olmoe", Path.GetFileName(file)));
        File.WriteAllText(project.PathOf("text.txt"), string.Concat(Enumerable.Range(0, 60).Select(i => $"It was a dark and stormy night, the {i}th of the year. ")));

        BuildResult result = project.Build("-t:Restore;QuantizeMoEModels");

        Assert.AreEqual(0, result.ExitCode, result.Output);
        Assert.IsTrue(result.Warnings.Any(warning => warning.StartsWith("MOEQ3054: ", StringComparison.Ordinal)), result.Output);
    }
}
