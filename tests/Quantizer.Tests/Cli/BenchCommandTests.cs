using System.Text.Json;

namespace MoEQuant.Quantizer.Tests.Cli;

[TestClass]
public sealed class BenchCommandTests
{
    [TestMethod]
    public void Bench_Json_HasRatesMedianMemoryAndKernel()
    {
        CommandRun run = CommandRun.Execute("bench", RepositoryPaths.SampleCheckpoint, "--prompt", "12", "--generate", "3", "--repetitions", "3", "--threads", "2", "--key-values", "bfloat16", "--json");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        JsonElement json = run.Json;
        double[] prefill = [.. json.GetProperty("prefillRuns").EnumerateArray().Select(rate => rate.GetDouble())];
        double[] decode = [.. json.GetProperty("decodeRuns").EnumerateArray().Select(rate => rate.GetDouble())];
        Assert.HasCount(3, prefill);
        Assert.AreEqual(prefill.Order().ElementAt(1), json.GetProperty("prefillTokensPerSecond").GetDouble());
        Assert.AreEqual(decode.Order().ElementAt(1), json.GetProperty("decodeTokensPerSecond").GetDouble());
        Assert.IsTrue(prefill.Concat(decode).All(rate => rate > 0));
        Assert.AreEqual(Kernels.KernelCatalog.Best.Name, json.GetProperty("kernel").GetString());
        Assert.AreEqual(2, json.GetProperty("threads").GetInt32());
        Assert.AreEqual("int8", json.GetProperty("activations").GetString());
        Assert.AreEqual("bfloat16", json.GetProperty("keyValues").GetString());
        Assert.IsGreaterThan(json.GetProperty("loadMilliseconds").GetDouble(), json.GetProperty("timeToFirstTokenMilliseconds").GetDouble());
        Assert.IsGreaterThan(1_000_000, json.GetProperty("residentBytes").GetInt64());
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("shape").ValueKind);
    }

    [TestMethod]
    public void Bench_Text_NamesRates()
    {
        CommandRun run = CommandRun.Execute("bench", RepositoryPaths.SampleCheckpoint, "--prompt", "5", "--generate", "2", "--repetitions", "1", "--threads", "1");
        Assert.AreEqual(0, run.ExitCode, run.Error);
        Assert.MatchesRegex(@"prefill [\d.]+ tokens/s \(5 tokens\), decode [\d.]+ tokens/s \(2 tokens\), medians of 1", run.Output);
    }

    [TestMethod]
    public void Bench_PromptBeyondTheContext_IsRefused()
    {
        CommandRun run = CommandRun.Execute("bench", RepositoryPaths.SampleCheckpoint, "--prompt", "900000", "--generate", "1");
        Assert.AreNotEqual(0, run.ExitCode);
        Assert.Contains("900001", run.Error);
    }
}
