using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class EvalCommandTests
{
    [TestMethod]
    [DataRow("MOEQ3001", null, "no such file")]
    [DataRow("MOEQ3003", new byte[] { 0x61, 0xFF, 0x62 }, "offset 1")]
    [DataRow("MOEQ3003", new byte[] { 0xEF, 0xBB, 0xBF, 0x61, 0xE2, 0x82 }, "offset 4")]
    [DataRow("MOEQ3004", new byte[0], "0 tokens")]
    [DataRow("MOEQ3004", new byte[] { 0x68, 0x69 }, "256")]
    public void Eval_UnusableText_FailsCoded(string code, byte[]? content, string found)
    {
        using TemporaryFolder folder = new();
        if (content is not null)
            File.WriteAllBytes(folder.File("t.txt"), content);
        CommandRun run = CommandRun.Execute("eval", RepositoryPaths.SampleCheckpoint, "--text", folder.File("t.txt"), "--json");
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"error {code}: {folder.File("t.txt")}: ", run.Error);
        Assert.Contains(found, run.Error, StringComparison.OrdinalIgnoreCase);
    }

    [TestMethod]
    public void Eval_TextIsAFolder_FailsCoded()
    {
        using TemporaryFolder folder = new();
        CommandRun run = CommandRun.Execute("eval", RepositoryPaths.SampleCheckpoint, "--text", folder.Path);
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ3002", run.Error);
    }

    [TestMethod]
    public void Eval_ContextBeyondTheModel_IsAUsageError()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("t.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 400)));
        CommandRun run = CommandRun.Execute("eval", RepositoryPaths.SampleCheckpoint, "--text", folder.File("t.txt"), "--context", "1025");
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2020", run.Error);
        Assert.Contains("1024", run.Error);
    }

    [TestMethod]
    public void Eval_ByteOrderMark_IsNotPartOfTheText()
    {
        using TemporaryFolder folder = new();
        string text = string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 10));
        File.WriteAllText(folder.File("plain.txt"), text);
        File.WriteAllText(folder.File("mark.txt"), text, System.Text.Encoding.UTF8);
        double Perplexity(string name) => CommandRun.Execute("eval", RepositoryPaths.SampleCheckpoint, "--text", folder.File(name), "--context", "16", "--windows", "2", "--json").Json.GetProperty("perplexity").GetDouble();
        Assert.AreEqual(Perplexity("plain.txt"), Perplexity("mark.txt"));
    }

    [TestMethod]
    public void Eval_ForPeople_PrintsOneLine()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("t.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 10)));
        CommandRun run = CommandRun.Execute("eval", RepositoryPaths.SampleCheckpoint, "--text", folder.File("t.txt"), "--context", "16", "--windows", "2");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.MatchesRegex(@"^Perplexity \d+\.\d{4} over 32 tokens \(2 windows of 16\), \d+\.\d{5} nats per token\n$", run.Output);
    }
}
