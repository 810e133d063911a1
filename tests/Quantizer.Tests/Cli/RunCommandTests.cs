using System.Text.Json;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class RunCommandTests
{
    private const string Prompt = "Once upon a time there was";

    [TestMethod]
    public void Run_Greedy_StreamsTheGoldenContinuationAndReportsSpeed()
    {
        CommandRun run = CommandRun.Execute("run", RepositoryPaths.SampleCheckpoint, "--prompt", Prompt, "--max-tokens", "32");
        Assert.AreEqual(0, run.ExitCode);
        Assert.AreEqual(Prompt + GoldenText() + "\n", run.Output);
        Assert.MatchesRegex(@"^32 tokens, [\d.]+ tokens/s, first after [\d.]+ s, ended by --max-tokens\n$", run.Error);
    }

    [TestMethod]
    public void Run_Seeds_ChooseTheText()
    {
        string Sample(string seed) => CommandRun.Execute("run", RepositoryPaths.SampleCheckpoint, "--prompt", Prompt, "--max-tokens", "12", "--temperature", "1.2", "--top-k", "50", "--top-p", "0.95", "--min-p", "0.01", "--repetition-penalty", "1.1", "--seed", seed).Output;
        Assert.AreEqual(Sample("1"), Sample("1"));
        Assert.AreNotEqual(Sample("1"), Sample("2"));
    }

    [TestMethod]
    public void Run_Cancelled_ExitsWith130()
    {
        using CancellationTokenSource cancellation = new(TimeSpan.FromMilliseconds(400));
        CommandRun run = CommandRun.Execute(cancellation.Token, "run", RepositoryPaths.SampleCheckpoint, "--prompt", Prompt, "--max-tokens", "1000", "--temperature", "5");
        Assert.AreEqual(ExitCode.Cancelled, run.ExitCode);
        Assert.Contains("Cancelled", run.Error);
    }

    private static string GoldenText()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "golden", "tiny-olmoe", "golden.json")));
        JsonElement first = golden.RootElement.GetProperty("cases").EnumerateArray().Single(c => c.GetProperty("prompt").GetString() == Prompt);
        int[] ids = [.. first.GetProperty("greedy_continuation").EnumerateArray().Select(id => id.GetInt32())];
        return Runtime.Tokenization.Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(RepositoryPaths.SampleCheckpoint, "tokenizer.json"))).Decode(ids);
    }
}
