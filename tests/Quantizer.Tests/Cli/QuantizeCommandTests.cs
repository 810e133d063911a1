using System.Text.Json;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class QuantizeCommandTests
{
    [TestMethod]
    public void Quantize_Json_IsOneDocumentWithTheDocumentedFields()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        string output = folder.File("small.moeq");
        CommandRun run = CommandRun.Execute("quantize", folder.Path, "--output", output, "--name", "Small", "--scheme", "w4a16", "--group-size", "32", "--dense-rank", "2", "--sparse-rank", "0", "--compensator-bits", "3", "--threads", "2", "--json");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        JsonElement json = run.Json;
        Assert.AreEqual(output, json.GetProperty("file").GetString());
        Assert.AreEqual("Small", json.GetProperty("name").GetString());
        Assert.AreEqual("W4A16", json.GetProperty("scheme").GetString());
        Assert.AreEqual((32, 2, 0, 3), (json.GetProperty("groupSize").GetInt32(), json.GetProperty("denseRank").GetInt32(), json.GetProperty("sparseRank").GetInt32(), json.GetProperty("compensatorBits").GetInt32()));
        Assert.AreEqual(new FileInfo(folder.File("model.safetensors")).Length, json.GetProperty("sourceBytes").GetInt64());
        Assert.AreEqual(new FileInfo(output).Length, json.GetProperty("packedBytes").GetInt64());
        Assert.IsGreaterThan(8.0, json.GetProperty("bitsPerWeight").GetDouble());
        Assert.IsGreaterThan(4.9, json.GetProperty("linearBitsPerWeight").GetDouble());
        Assert.IsLessThan(json.GetProperty("plainRelativeError").GetDouble(), json.GetProperty("relativeError").GetDouble());
        CollectionAssert.AreEquivalent(new[] { "embedding", "head", "norm", "router", "denseLinear", "expertLinear" }, json.GetProperty("classes").EnumerateArray().Select(c => c.GetProperty("role").GetString()).ToArray());
    }

    [TestMethod]
    public void Quantize_RedirectedOutput_IsPlainTextWithoutEscapesOrFrames()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        CommandRun run = CommandRun.Execute("quantize", folder.Path, "--output", folder.File("small.moeq"));
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.DoesNotContain("\u001b", run.Output);
        Assert.DoesNotContain("\r", run.Output);
        Assert.IsTrue(run.Output.All(c => c is '\n' or >= ' ' and < (char)0x7F), run.Output);
        Assert.Contains("Layer 1 of 2: relative error 0.", run.Output);
        Assert.Contains("Layer 2 of 2: ", run.Output);
        Assert.Contains("expertLinear     24", run.Output);
    }

    [TestMethod]
    public void Quantize_MSBuildLog_IsPlainLinesAndCanonicalErrors()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        CommandRun run = CommandRun.Execute("quantize", folder.Path, "--output", folder.File("small.moeq"), "--log", "msbuild");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.HasCount(3, run.Output.TrimEnd('\n').Split('\n'));
        Assert.DoesNotContain(" error ", run.Output.Replace("relative error", ""));

        File.WriteAllText(folder.File("config.json"), "{");
        run = CommandRun.Execute("quantize", folder.Path, "--output", folder.File("other.moeq"), "--log", "msbuild");
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Error));
        Assert.StartsWith(folder.File("config.json") + " : error MOEQ1", run.Output);
        Assert.IsFalse(File.Exists(folder.File("other.moeq")));
    }

    [TestMethod]
    public void Quantize_ResponseFile_IsReadArgumentByArgument()
    {
        using TemporaryFolder folder = new();
        Directory.CreateDirectory(folder.File("a b"));
        SmallCheckpoint.Write(folder.File("a b"));
        File.WriteAllLines(folder.File("args.rsp"), ["quantize", $"\"{folder.File("a b")}\"", "--output", $"\"{folder.File("small model.moeq")}\"", "--sparse-rank", "0", "--dense-rank", "0", "--log", "msbuild"]);
        CommandRun run = CommandRun.Execute("@" + folder.File("args.rsp"));
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.IsTrue(File.Exists(folder.File("small model.moeq")));
        Assert.StartsWith("a b: ", run.Output.TrimEnd('\n').Split('\n')[^1]);
    }

    [TestMethod]
    public void Quantize_ResponseFileAsksForMSBuild_ErrorsAreCanonical()
    {
        using TemporaryFolder folder = new();
        File.WriteAllLines(folder.File("args.rsp"), ["quantize", "nowhere", "--log", "msbuild", "--bogus"]);
        CommandRun run = CommandRun.Execute("@" + folder.File("args.rsp"));
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.StartsWith("moequant : error MOEQ2001: ", run.Output);
    }

    [TestMethod]
    public void Quantize_NaNWeight_FailsCodedAndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        byte[] bytes = File.ReadAllBytes(folder.File("model.safetensors"));
        (bytes[^2], bytes[^1]) = (0xC0, 0x7F);
        File.WriteAllBytes(folder.File("model.safetensors"), bytes);
        CommandRun run = CommandRun.Execute("quantize", folder.Path, "--output", folder.File("small.moeq"));
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ1042", run.Error);
        Assert.Contains("lm_head.weight", run.Error);
        Assert.IsEmpty(Directory.GetFiles(folder.Path, "small*"));
    }

    [TestMethod]
    public void Quantize_WeightBeyondFp16_FailsCoded()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        byte[] bytes = File.ReadAllBytes(folder.File("model.safetensors"));
        (bytes[^2], bytes[^1]) = (0x80, 0x47);
        File.WriteAllBytes(folder.File("model.safetensors"), bytes);
        CommandRun run = CommandRun.Execute("quantize", folder.Path, "--output", folder.File("small.moeq"));
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ1049", run.Error);
        Assert.Contains("lm_head.weight[4095, 39] is 65536", run.Error);
    }

    [TestMethod]
    public void Quantize_Cancelled_ExitsWith130AndLeavesNothing()
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(700));
        CommandRun run = CommandRun.Execute(cancellation.Token, "quantize", RepositoryPaths.SampleCheckpoint, "--output", folder.File("m.moeq"), "--dense-rank", "64", "--sparse-rank", "64");
        Assert.AreEqual(ExitCode.Cancelled, run.ExitCode);
        Assert.Contains("Cancelled", run.Error);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Version_Asked_IsTheToolsOwn()
    {
        CommandRun run = CommandRun.Execute("--version");
        Assert.AreEqual(0, run.ExitCode);
        Assert.MatchesRegex(@"^\d+\.\d+\.\d+\n$", run.Output);
    }

    [TestMethod]
    [DataRow("quantize", "--compensator-bits")]
    [DataRow("run", "--repetition-penalty")]
    [DataRow("eval", "--windows")]
    [DataRow("inspect", "--json")]
    [DataRow("quantize", "--part <i/n>")]
    [DataRow("merge", "--reference")]
    public void Help_OfEveryCommand_NamesItsOptions(string command, string option)
    {
        CommandRun run = CommandRun.Execute(command, "--help");
        Assert.AreEqual(0, run.ExitCode);
        Assert.Contains(option, run.Output);
    }
}
