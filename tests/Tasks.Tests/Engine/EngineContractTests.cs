using MoEQuant.Build.Tasks.Engine;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Tasks.Tests.Engine;

/// <summary>
/// Task property → response file → the engine's own parser. A value that the engine refuses comes back in its message together with the switch it arrived by,
/// so neither side can drift from the other.
/// </summary>
[TestClass]
public sealed class EngineContractTests
{
    [TestMethod]
    [DataRow(nameof(QuantizeMoEModel.Scheme), "zzz", "--scheme is 'zzz'")]
    [DataRow(nameof(QuantizeMoEModel.GroupSize), "63", "--group-size is '63'")]
    [DataRow(nameof(QuantizeMoEModel.DenseRank), "-1", "--dense-rank is '-1'")]
    [DataRow(nameof(QuantizeMoEModel.SparseRank), "a b", "--sparse-rank is 'a b'")]
    [DataRow(nameof(QuantizeMoEModel.CompensatorBits), "5", "--compensator-bits is '5'")]
    [DataRow(nameof(QuantizeMoEModel.Threads), "0", "--threads is '0'")]
    [DataRow(nameof(QuantizeMoEModel.PackedFile), "/tmp/a b/", "--output is a folder")]
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
    public async Task Name_TooLong_ArrivesAsItsSwitch()
    {
        using TemporaryFolder folder = new();
        QuantizeMoEModel task = CreateTask(folder);
        task.Name = "my " + new string('x', 300);

        Assert.Contains($"The name is '{task.Name}'", await RunEngine(folder, task));
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
        task.CheckpointFolder = folder.File(name);

        Assert.StartsWith($"{folder.File(name)} : error MOEQ", await RunEngine(folder, task));
    }

    // The folder exists and everything else is valid: what is refused is what the test sets.
    private static QuantizeMoEModel CreateTask(TemporaryFolder folder) =>
        new() { CheckpointFolder = folder.Path, PackedFile = folder.File("out.moeq"), Name = "name", Scheme = "W3A16", GroupSize = "64" };

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
