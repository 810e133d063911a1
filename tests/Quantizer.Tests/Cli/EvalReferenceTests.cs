using System.Text.Json;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary><c>eval --reference</c>.</summary>
[TestClass]
public sealed class EvalReferenceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [TestInitialize]
    public void Write()
    {
        File.WriteAllText(_folder.File("t.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 20)));
        Directory.CreateDirectory(_folder.File("original"));
        SmallCheckpoint.Write(_folder.File("original"), deviation: 0.3);
        Directory.CreateDirectory(_folder.File("other"));
        SmallCheckpoint.Write(_folder.File("other"), deviation: 0.2);
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Eval_Json_HasTheDocumentedFields()
    {
        CommandRun run = Eval("other", "original", "--json");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        JsonElement json = run.Json;
        CollectionAssert.AreEqual(
            "model text perplexity negativeLogLikelihood tokens windows context reference referencePerplexity perplexityIncrease meanKlDivergence p99KlDivergence top1Agreement meanRouterAgreement minRouterAgreement routerAgreement routerLayers".Split(' '),
            json.EnumerateObject().Select(property => property.Name).ToArray());
        Assert.AreEqual((48, 3, 16), (json.GetProperty("tokens").GetInt32(), json.GetProperty("windows").GetInt32(), json.GetProperty("context").GetInt32()));
        double[] routers = [.. json.GetProperty("routerAgreement").EnumerateArray().Select(value => value.GetDouble())];
        Assert.HasCount(2, routers);
        Assert.AreEqual(routers.Min(), json.GetProperty("minRouterAgreement").GetDouble());
        Assert.IsGreaterThan(0, json.GetProperty("meanKlDivergence").GetDouble());
        Assert.IsGreaterThanOrEqualTo(json.GetProperty("meanKlDivergence").GetDouble(), json.GetProperty("p99KlDivergence").GetDouble());
        Assert.AreEqual(json.GetProperty("perplexity").GetDouble(), Eval("other", null, "--json").Json.GetProperty("perplexity").GetDouble(), 1e-3);
        Assert.AreEqual(json.GetProperty("referencePerplexity").GetDouble(), Eval("original", null, "--json").Json.GetProperty("perplexity").GetDouble(), 1e-3);
    }

    [TestMethod]
    public void Eval_ForPeople_PrintsATable()
    {
        CommandRun run = Eval("original", "original");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.MatchesRegex(@"(?m)^Measure +Model +Reference$", run.Output);
        Assert.MatchesRegex(@"(?m)^KL divergence, mean +0\.00000$", run.Output);
        Assert.MatchesRegex(@"(?m)^Same experts, layer 1 +100\.0 %$", run.Output);
        Assert.EndsWith("over 48 tokens (3 windows of 16)\n", run.Output);
    }

    [TestMethod]
    public void Eval_OtherTokenizer_IsRefused()
    {
        string path = _folder.File("other/tokenizer.json");
        string tokenizer = File.ReadAllText(path);
        // Two tokens exchange their ids.
        string swapped = tokenizer.Replace("\"Q\":", "\"?Q\":").Replace("\"Z\":", "\"Q\":").Replace("\"?Q\":", "\"Z\":");
        Assert.AreNotEqual(tokenizer, swapped);
        File.WriteAllText(path, swapped);
        CommandRun run = Eval("original", "other");
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.MatchesRegex(@"^error MOEQ3006: .*other: Token \d+ is '[QZ]' in the model and '[QZ]' in the reference\. ", run.Error);
    }

    [TestMethod]
    public void Eval_OtherVocabularySize_IsRefused()
    {
        Directory.CreateDirectory(_folder.File("larger"));
        SmallCheckpoint.Write(_folder.File("larger"), vocabulary: 4100);
        CommandRun run = Eval("original", "larger");
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ3006", run.Error);
        Assert.Contains("4096 logits per token, the reference 4100", run.Error);
    }

    [TestMethod]
    public void Eval_ReferenceMissing_IsAUsageError()
    {
        CommandRun run = Eval("original", "nowhere");
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2022", run.Error);
        Assert.Contains("--reference", run.Error);
    }

    private CommandRun Eval(string model, string? reference, params string[] more) => CommandRun.Execute(
        ["eval", _folder.File(model), "--text", _folder.File("t.txt"), "--context", "16", "--windows", "3", .. reference is null ? (string[])[] : ["--reference", _folder.File(reference)], .. more]);
}
