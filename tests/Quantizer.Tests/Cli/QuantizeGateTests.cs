using System.Text.Json;
using MoEQuant.Format;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary><c>quantize --evaluate</c> and its limits.</summary>
[TestClass]
public sealed class QuantizeGateTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Output => _folder.File("out/small.moeq");

    [TestInitialize]
    public void Write()
    {
        Directory.CreateDirectory(_folder.File("original"));
        Directory.CreateDirectory(_folder.File("out"));
        SmallCheckpoint.Write(_folder.File("original"), deviation: 0.3);
        File.WriteAllText(_folder.File("t.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 40)));
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Quantize_GatesReached_ReportsWhatEvalMeasures()
    {
        CommandRun run = Quantize("--max-kl-divergence", "10", "--max-perplexity-increase", "900%", "--min-router-agreement", "0.01", "--json");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        JsonElement evaluation = run.Json.GetProperty("evaluation");
        // SmallCheckpoint takes 128 tokens.
        Assert.AreEqual((128, 1, 128), (evaluation.GetProperty("context").GetInt32(), evaluation.GetProperty("windows").GetInt32(), evaluation.GetProperty("tokens").GetInt32()));
        JsonElement alone = CommandRun.Execute("eval", Output, "--reference", _folder.File("original"), "--text", _folder.File("t.txt"), "--context", "128", "--windows", "1", "--json").Json;
        foreach (string field in (string[])["perplexity", "referencePerplexity", "meanKlDivergence", "p99KlDivergence", "top1Agreement", "minRouterAgreement"])
            Assert.AreEqual(alone.GetProperty(field).GetDouble(), evaluation.GetProperty(field).GetDouble(), 1e-9, field);

        using PackedModelFile file = PackedModelFile.Open(Output);
        JsonElement record = JsonDocument.Parse(file.Info.RecordJson).RootElement.GetProperty("evaluation");
        Assert.AreEqual(evaluation.GetProperty("meanKlDivergence").GetDouble(), record.GetProperty("meanKlDivergence").GetDouble(), 5e-7);
        file.VerifyPayload(CancellationToken.None);
    }

    [TestMethod]
    public void Quantize_GateMissed_FailsAndLeavesTheEarlierFileAsItWas()
    {
        File.WriteAllText(Output, "the earlier one");
        CommandRun run = Quantize("--max-kl-divergence", "1e-9", "--log", "msbuild");
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Error));
        Assert.Contains($"{Output} : error MOEQ3031: The mean KL divergence from the checkpoint is 0.", run.Output);
        Assert.Contains("at most 1E-09 is allowed. Give the model more bits", run.Output);
        Assert.Contains("Evaluated 1 of 1 windows", run.Output);
        CollectionAssert.AreEqual(new[] { Output }, Directory.GetFiles(_folder.File("out")));
        Assert.AreEqual("the earlier one", File.ReadAllText(Output));
    }

    [TestMethod]
    public void Quantize_Report_IsWrittenAlsoForARefusedModel()
    {
        CommandRun run = Quantize("--max-kl-divergence", "1e-9", "--report", _folder.File("out/r.html"));
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        CollectionAssert.AreEquivalent(new[] { "r.html", "r.json" }, Directory.GetFiles(_folder.File("out")).Select(Path.GetFileName).ToArray());
        Assert.Contains("Refused", File.ReadAllText(_folder.File("out/r.html")));

        Assert.AreEqual(0, Quantize("--report", _folder.File("out/r.html")).ExitCode);
        Assert.DoesNotContain("Refused", File.ReadAllText(_folder.File("out/r.html")));
        JsonElement data = JsonDocument.Parse(File.ReadAllBytes(_folder.File("out/r.json"))).RootElement;
        Assert.AreEqual(new FileInfo(Output).Length, data.GetProperty("size").GetProperty("packedBytes").GetInt64());
        Assert.AreEqual("evaluation", data.GetProperty("time").GetProperty("phases").EnumerateArray().Last().GetProperty("name").GetString());
    }

    [TestMethod]
    [DataRow("r.txt", "MOEQ2064")]
    [DataRow("absent/r.html", "MOEQ5020")]
    public void Quantize_ReportUnusable_IsRefusedBeforeTheWork(string name, string code)
    {
        CommandRun run = Quantize("--report", _folder.File(name));
        Assert.AreEqual("", run.Output);
        Assert.Contains(code, run.Error);
    }

    [TestMethod]
    public void Quantize_SeveralTexts_MeasuresAllOfThem()
    {
        File.WriteAllText(_folder.File("u.txt"), string.Concat(Enumerable.Repeat("Once upon a time there was a cat. ", 40)));
        JsonElement json = Quantize("--evaluate", _folder.File("u.txt"), "--json").Json;
        Assert.AreEqual(2, json.GetProperty("evaluation").GetProperty("windows").GetInt32());
    }

    [TestMethod]
    public void Quantize_ForPeople_ShowsTheFigures()
    {
        CommandRun run = Quantize();
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.MatchesRegex(@"(?m)^KL divergence, mean +0\.\d{5}$", run.Output);
    }

    [TestMethod]
    public void Quantize_TextTooShort_IsRefusedBeforeTheWork()
    {
        File.WriteAllText(_folder.File("t.txt"), "Hi.");
        CommandRun run = Quantize();
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Output));
        Assert.Contains("MOEQ3004", run.Error);
    }

    [TestMethod]
    public void Quantize_GateWithoutText_IsRefused()
    {
        CommandRun run = CommandRun.Execute("quantize", _folder.File("original"), "--output", Output, "--min-router-agreement", "90%");
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Output));
        Assert.Contains("MOEQ3033", run.Error);
    }

    [TestMethod]
    [DataRow("--evaluate-windows", "0", "MOEQ2060")]
    [DataRow("--max-perplexity-increase", "-1%", "MOEQ2061")]
    [DataRow("--max-perplexity-increase", "NaN", "MOEQ2061")]
    [DataRow("--max-kl-divergence", "1,5", "MOEQ2062")]
    [DataRow("--min-router-agreement", "97", "MOEQ2063")]
    [DataRow("--min-router-agreement", "%", "MOEQ2063")]
    public void Quantize_BadLimit_IsAUsageError(string option, string value, string code)
    {
        CommandRun run = Quantize(option, value);
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains(code, run.Error);
        Assert.Contains($"{option} is '{value}'", run.Error);
    }

    private CommandRun Quantize(params string[] more) => CommandRun.Execute(
        ["quantize", _folder.File("original"), "--output", Output, "--dense-rank", "0", "--sparse-rank", "0", "--evaluate", _folder.File("t.txt"), .. more.Contains("--evaluate-windows") ? (string[])[] : ["--evaluate-windows", "1"], .. more]);
}
