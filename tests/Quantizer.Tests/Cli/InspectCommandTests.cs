using System.Text.Json;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class InspectCommandTests
{
    [TestMethod]
    public void Inspect_PackedFileAsJson_ListsEveryTensorAndAddsUp()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Assert.AreEqual(0, CommandRun.Execute("quantize", folder.Path, "--output", folder.File("m.moeq"), "--dense-rank", "3").ExitCode);
        JsonElement json = CommandRun.Execute("inspect", folder.File("m.moeq"), "--json").Json;
        Assert.AreEqual("moeq", json.GetProperty("format").GetString());
        Assert.AreEqual("W3A16", json.GetProperty("scheme").GetString());
        Assert.AreEqual(3, json.GetProperty("record").GetProperty("options").GetProperty("denseRank").GetInt32());
        JsonElement[] tensors = [.. json.GetProperty("tensors").EnumerateArray()];
        JsonElement query = tensors.Single(t => t.GetProperty("name").GetString() == "model.layers.1.self_attn.q_proj.weight");
        Assert.AreEqual(("packed", 3, 64, 3), (query.GetProperty("kind").GetString(), query.GetProperty("bits").GetInt32(), query.GetProperty("groupSize").GetInt32(), query.GetProperty("rank").GetInt32()));
        CollectionAssert.AreEqual(new[] { 40, 40 }, query.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32()).ToArray());
        // 3 tiles of one group of 64: codes 384, scales and zero points 64; factors: 3 rows of one group of 64 with its scale, twice.
        Assert.AreEqual(3 * 448 + 2 * 3 * 66, query.GetProperty("bytes").GetInt64());
        JsonElement norm = tensors.Single(t => t.GetProperty("name").GetString() == "model.norm.weight");
        Assert.AreEqual(("plain", 32, 160), (norm.GetProperty("kind").GetString(), norm.GetProperty("bits").GetInt32(), norm.GetProperty("bytes").GetInt32()));
        JsonElement totals = json.GetProperty("totals");
        Assert.AreEqual(tensors.Length, totals.GetProperty("tensors").GetInt32());
        Assert.AreEqual(tensors.Sum(t => t.GetProperty("bytes").GetInt64()), totals.GetProperty("tensorBytes").GetInt64());
        Assert.AreEqual(new FileInfo(folder.File("m.moeq")).Length, totals.GetProperty("fileBytes").GetInt64());
    }

    [TestMethod]
    public void Inspect_Checkpoint_ListsItsTensors()
    {
        JsonElement json = CommandRun.Execute("inspect", RepositoryPaths.SampleCheckpoint, "--json").Json;
        Assert.AreEqual("checkpoint", json.GetProperty("format").GetString());
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("record").ValueKind);
        Assert.AreEqual(12603648, json.GetProperty("totals").GetProperty("weights").GetInt64());
        Assert.AreEqual(16.0, json.GetProperty("totals").GetProperty("bitsPerWeight").GetDouble());
        CommandRun table = CommandRun.Execute("inspect", RepositoryPaths.SampleCheckpoint);
        Assert.Contains("231 tensors, 12603648 weights, 16.000 bits per weight", table.Output);
    }

    [TestMethod]
    public void Inspect_FileThatIsNoModel_FailsCoded()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("m.moeq"), "not a model");
        CommandRun run = CommandRun.Execute("inspect", folder.File("m.moeq"));
        Assert.AreEqual(1, run.ExitCode);
        Assert.MatchesRegex("^error MOEQ(10|50)\\d\\d: ", run.Error);
    }
}
