using MoEQuant.Build.Tasks.Engine;
using MoEQuant.Build.Tasks.Models;
using MoEQuant.Quantizer.Cli;
using TaskItem = Microsoft.Build.Utilities.TaskItem;

namespace MoEQuant.Tasks.Tests.Engine;

/// <summary>
/// Task property → response file → the engine's own parser. A value that the engine refuses comes back in its message together with the switch it arrived by,
/// so neither side can drift from the other.
/// </summary>
[TestClass]
public sealed class EngineContractTests
{
    [TestMethod]
    [DataRow(ModelMetadata.Scheme, "zzz", "--scheme is 'zzz'")]
    [DataRow(ModelMetadata.GroupSize, "63", "--group-size is '63'")]
    [DataRow(ModelMetadata.Symmetric, "perhaps", "'perhaps'")]
    [DataRow(ModelMetadata.Rounding, "up", "--rounding is 'up'")]
    [DataRow(ModelMetadata.TargetBitsPerWeight, "99", "--target-bits is '99'")]
    [DataRow(ModelMetadata.TargetSize, "big", "--target-size is 'big'")]
    [DataRow(ModelMetadata.RankPolicy, "best", "--rank-policy is 'best'")]
    [DataRow(ModelMetadata.DenseRank, "-1", "--dense-rank is '-1'")]
    [DataRow(ModelMetadata.SparseRank, "a b", "--sparse-rank is 'a b'")]
    [DataRow(ModelMetadata.CompensatorBits, "5", "--compensator-bits is '5'")]
    [DataRow(ModelMetadata.RouterBits, "7", "--router-bits is '7'")]
    [DataRow(ModelMetadata.ActivationGroupSize, "9", "--activation-group is '9'")]
    [DataRow(ModelMetadata.ActivationClip, "0", "--activation-clip is '0'")]
    [DataRow(ModelMetadata.CalibrationTokens, "0", "--calibration-tokens is '0'")]
    [DataRow(ModelMetadata.CalibrationSeed, "x", "--seed is 'x'")]
    [DataRow(ModelMetadata.CalibrationFiles, "self;a.txt", "--calibration is given 2 times, once as 'self'")]
    [DataRow(ModelMetadata.BalanceRatio, "-2", "--balance is '-2'")]
    [DataRow(ModelMetadata.MinExpertTokens, "few", "--min-expert-tokens is 'few'")]
    [DataRow(ModelMetadata.ExpertShortage, "ignore", "--expert-shortage is 'ignore'")]
    [DataRow(ModelMetadata.Device, "gpu", "--device is 'gpu'")]
    [DataRow(ModelMetadata.EvaluationWindows, "0", "--evaluate-windows is '0'")]
    [DataRow(ModelMetadata.MaxPerplexityIncrease, "much", "--max-perplexity-increase is 'much'")]
    [DataRow(ModelMetadata.MaxKlDivergence, "-1", "--max-kl-divergence is '-1'")]
    [DataRow(ModelMetadata.MinRouterAgreement, "97", "--min-router-agreement is '97'")]
    public async Task Metadata_RefusedValue_ArrivesAsItsSwitch(string metadata, string value, string expected)
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        task.Model[0].SetMetadata(metadata, value);

        string output = await RunEngine(folder, task);

        Assert.MatchesRegex(@"^\S.* : error MOEQ20\d\d: ", output);
        Assert.Contains(expected, output);
    }

    [TestMethod]
    [DataRow(nameof(QuantizeMoEModel.Threads), "0", "--threads is '0'")]
    [DataRow(nameof(QuantizeMoEModel.PackedFile), "/tmp/a b/", "--output is a folder")]
    [DataRow(nameof(QuantizeMoEModel.ReportFile), "/tmp/a b.txt", "--report is '/tmp/a b.txt'")]
    public async Task Property_RefusedValue_ArrivesAsItsSwitch(string property, string value, string expected)
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        typeof(QuantizeMoEModel).GetProperty(property)!.SetValue(task, value);

        string output = await RunEngine(folder, task);

        Assert.MatchesRegex(@"^\S.* : error MOEQ20\d\d: ", output);
        Assert.Contains(expected, output);
    }

    [TestMethod]
    public async Task EvaluationFiles_SeveralFiles_ArriveAsOneSwitchEach()
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        folder.Write("a b.txt", "text"u8);
        task.Model[0].SetMetadata(ModelMetadata.EvaluationFiles, $"{folder.File("a b.txt")};; {folder.File("missing.txt")} ");

        Assert.StartsWith($"{folder.File("missing.txt")} : error MOEQ3001", await RunEngine(folder, task));
    }

    [TestMethod]
    public async Task Name_TooLong_ArrivesAsItsSwitch()
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        string name = "my " + new string('x', 300);
        task.Model[0].SetMetadata(ModelMetadata.Name, name);

        Assert.Contains($"The name is '{name}'", await RunEngine(folder, task));
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("with space")]
    [DataRow("#comment")]
    [DataRow("@file")]
    [DataRow("--switch")]
    [DataRow("it's 100% (1);é模")]
    public async Task CheckpointFolder_UnusualPath_ArrivesUnchanged(string name)
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        task.Model[0].SetMetadata(ModelMetadata.CheckpointFolder, MSBuildEscape.Text(folder.File(name)));

        Assert.StartsWith($"{folder.File(name)} : error MOEQ", await RunEngine(folder, task));
    }

    // The folder exists and everything else is valid: what is refused is what the test sets.
    private static QuantizeMoEModel CreateTask(TemporaryFolder folder)
    {
        TaskItem model = new("model");
        foreach ((string name, string value) in (ReadOnlySpan<(string, string)>)[(ModelMetadata.CheckpointFolder, folder.Path), (ModelMetadata.Name, "name"), (ModelMetadata.Scheme, "W3A16"), (ModelMetadata.GroupSize, "64")])
            model.SetMetadata(name, value);
        return new() { Model = [model], PackedFile = folder.File("out.moeq") };
    }

    private static async Task<string> RunEngine(TemporaryFolder folder, QuantizeMoEModel task)
    {
        string responseFile = folder.File("arguments.rsp");
        await File.WriteAllTextAsync(responseFile, task.FormatArguments());
        using StringWriter output = new();
        using StringWriter error = new();

        int exitCode = await new Tool(new CliHost(output, error, Interactive: false)).RunAsync(["@" + responseFile], CancellationToken.None);

        Assert.AreNotEqual(0, exitCode);
        Assert.AreEqual("", error.ToString(), "Everything goes to the standard output, as --log msbuild says.");
        return output.ToString();
    }
}
