using System.Text.Json;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class CacheCommandTests
{
    [TestMethod]
    public void Cache_TwoRuns_AreListedAndRemovedAndNothingElseIs()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        string cache = folder.File("cache");
        foreach (string rank in (string[])["0", "1"])
            Assert.AreEqual(0, CommandRun.Execute("quantize", folder.Path, "--output", folder.File("m.moeq"), "--name", "small", "--dense-rank", rank, "--sparse-rank", "0", "--cache", cache).ExitCode);
        File.WriteAllText(Path.Combine(cache, "mine.txt"), "");
        Directory.CreateDirectory(Path.Combine(cache, "mine"));

        JsonElement[] entries = [.. CommandRun.Execute("cache", cache, "--json").Json.GetProperty("entries").EnumerateArray()];
        Assert.HasCount(2, entries);
        Assert.AreEqual(("small W3A16", 4), (entries[0].GetProperty("title").GetString(), entries[0].GetProperty("parts").GetInt32()));
        Assert.AreEqual(Directory.GetFiles(Path.Combine(cache, entries[0].GetProperty("key").GetString()!)).Sum(file => new FileInfo(file).Length), entries[0].GetProperty("bytes").GetInt64());

        CommandRun run = CommandRun.Execute("cache", cache, "--remove", entries[1].GetProperty("key").GetString()![..10]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("1 entry, ", run.Output);
        Assert.IsTrue(Directory.Exists(Path.Combine(cache, entries[0].GetProperty("key").GetString()!)));
        Assert.AreEqual(0, CommandRun.Execute("cache", cache, "--clear").ExitCode);
        CollectionAssert.AreEquivalent(new[] { "mine", "mine.txt" }, Directory.GetFileSystemEntries(cache).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void Quantize_CacheThatCannotBeWritten_IsAWarningInEveryFormat()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        string cache = folder.File("cache");
        File.WriteAllText(cache, "a file");
        string[] command = ["quantize", folder.Path, "--output", folder.File("m.moeq"), "--dense-rank", "0", "--sparse-rank", "0", "--cache", cache];

        CommandRun json = CommandRun.Execute([.. command, "--json"]);
        Assert.AreEqual(0, json.ExitCode);
        Assert.IsNotEmpty(json.Json.EnumerateObject(), "The document stands alone.");
        Assert.StartsWith($"warning MOEQ3080: {cache}: ", json.Error);
        Assert.Contains($"\n{cache} : warning MOEQ3080: ", "\n" + CommandRun.Execute([.. command, "--log", "msbuild"]).Output);
    }

    [TestMethod]
    public void Cache_UnknownKeyOrFolder_IsCoded()
    {
        using TemporaryFolder folder = new();
        CommandRun run = CommandRun.Execute("cache", folder.Path, "--remove", "abc");
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2037", run.Error);
        Assert.Contains("MOEQ3081", CommandRun.Execute("cache", folder.File("none")).Error);
    }
}
