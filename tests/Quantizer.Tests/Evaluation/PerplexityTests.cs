using System.Text.Json;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Tests.Cli;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Tests.Evaluation;

[TestClass]
public sealed class PerplexityTests
{
    private static readonly string Golden = Path.Combine(RepositoryPaths.Root, "tests", "golden", "tiny-olmoe", "golden.json");

    /// <summary>English text that every checkout has: the prompts of the golden file, several times in changing order.</summary>
    private static string SampleText
    {
        get
        {
            using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Golden));
            string[] prompts = [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("prompt").GetString()!)];
            Random random = new(3);
            return string.Join(" ", Enumerable.Range(0, 60).SelectMany(_ => { random.Shuffle(prompts); return prompts.ToArray(); }));
        }
    }

    [TestMethod]
    public void NegativeLogLikelihood_GoldenPrompts_EqualsTheReference()
    {
        using MoEModel model = ModelLoader.Load(RepositoryPaths.SampleCheckpoint, new());
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Golden));
        int cases = 0;
        foreach (JsonElement reference in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] ids = [.. reference.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            if (ids.Length < 2)
                continue;
            WindowPlan plan = new([], ids, ids.Length - 1, 1);
            PerplexityResult result = PerplexityEvaluator.Run(model, plan, null, CancellationToken.None);
            Assert.AreEqual(reference.GetProperty("mean_nll").GetDouble(), result.NegativeLogLikelihood, 1e-4);
            cases++;
        }

        Assert.IsGreaterThan(2, cases);
    }

    [TestMethod]
    [DataRow("tiny-olmoe", "W3A16")]
    [DataRow("tiny-olmoe", "W4A16")]
    [DataRow("tiny-mixtral", "W3A16")]
    [DataRow("tiny-mixtral", "W4A16")]
    [DataRow("tiny-deepseek-moe", "W3A16")]
    [DataRow("tiny-deepseek-moe", "W4A16")]
    public void Perplexity_PackedKernels_AgreeWithDequantizedFloats(string name, string scheme)
    {
        string checkpoint = name == "tiny-olmoe" ? RepositoryPaths.SampleCheckpoint : SharedModels.Require(name);
        using TemporaryFolder folder = new();
        string path = folder.File("m.moeq");
        Assert.AreEqual(0, CommandRun.Execute("quantize", checkpoint, "--output", path, "--scheme", scheme, "--dense-rank", "5", "--sparse-rank", "3").ExitCode);
        double packed, dense, original;
        using (MoEModel model = MoEModel.Load(path, new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }))
            packed = Evaluate(model).Perplexity;
        using (MoEModel model = LoadDequantized(path))
            dense = Evaluate(model).Perplexity;
        using (MoEModel model = ModelLoader.Load(checkpoint, new()))
            original = Evaluate(model).Perplexity;
        Console.WriteLine($"{name} {scheme}: packed {packed:F5}, dequantized {dense:F5}, original {original:F5}");
        Assert.AreEqual(dense, packed, 0.002 * dense);
        Assert.AreNotEqual(original, packed);
        Assert.AreEqual(original, packed, 0.05 * original);
    }

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Eval_UnquantizedCheckpoint_EqualsTheIndependentReference(string name)
    {
        string folder = SharedModels.Require(name), text = SharedModels.Require("test.txt");
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "golden.json")));
        double expected = golden.RootElement.GetProperty("perplexity").GetDouble();
        JsonElement json = CommandRun.Execute("eval", folder, "--text", text, "--context", "256", "--windows", "120", "--json").Json;
        Assert.AreEqual(expected, json.GetProperty("perplexity").GetDouble(), 0.001 * expected);
        Assert.AreEqual((120, 30720, 256), (json.GetProperty("windows").GetInt32(), json.GetProperty("tokens").GetInt32(), json.GetProperty("context").GetInt32()));
    }

    [TestMethod]
    public void Run_Windows_StartFreshAndScoreEveryNextToken()
    {
        using MoEModel model = ModelLoader.Load(RepositoryPaths.SampleCheckpoint, new());
        int[] tokens = model.Tokenizer.Encode(SampleText, false);
        PerplexityResult both = PerplexityEvaluator.Run(model, new([], tokens, 20, 2), null, CancellationToken.None);
        double first = PerplexityEvaluator.Run(model, new([], tokens[..21], 20, 1), null, CancellationToken.None).NegativeLogLikelihood;
        double second = PerplexityEvaluator.Run(model, new([], tokens[20..41], 20, 1), null, CancellationToken.None).NegativeLogLikelihood;
        Assert.AreEqual(40, both.Tokens);
        Assert.AreEqual((first + second) / 2, both.NegativeLogLikelihood, 1e-6);
    }

    [TestMethod]
    public void Run_Prefix_IsFedButNotScored()
    {
        using MoEModel model = ModelLoader.Load(RepositoryPaths.SampleCheckpoint, new());
        int[] tokens = model.Tokenizer.Encode(SampleText, false);
        PerplexityResult with = PerplexityEvaluator.Run(model, new([tokens[50]], tokens, 10, 3), null, CancellationToken.None);
        Assert.AreEqual(30, with.Tokens);
        Assert.AreNotEqual(PerplexityEvaluator.Run(model, new([], tokens, 10, 3), null, CancellationToken.None).NegativeLogLikelihood, with.NegativeLogLikelihood);
    }

    [TestMethod]
    public void NegativeLogLikelihood_LargeLogits_DoesNotOverflow()
    {
        Assert.AreEqual(Math.Log(2), LogSoftmax.NegativeLogLikelihood([1e30f, 1e30f, -1e30f], 1), 1e-12);
        // ln(e^0 + e^-1 + e^-2 + e^-3) + 3 for the smallest of 1, 2, 3, 4.
        Assert.AreEqual(Math.Log(1 + Math.Exp(-1) + Math.Exp(-2) + Math.Exp(-3)) + 3, LogSoftmax.NegativeLogLikelihood([1, 2, 3, 4], 0), 1e-12);
        Assert.AreEqual("MOEQ3005", Assert.ThrowsExactly<MoEQuantException>(() => LogSoftmax.NegativeLogLikelihood([1, float.NaN], 0)).Code);
    }

    private static PerplexityResult Evaluate(MoEModel model) =>
        PerplexityEvaluator.Run(model, WindowPlan.Create(model.Tokenizer, SampleText, 256, 4, null), null, CancellationToken.None);

    private static MoEModel LoadDequantized(string path)
    {
        PackedModelFile file = PackedModelFile.Open(path);
        Assert.IsTrue(file.TryGetFile("config.json", out ReadOnlySpan<byte> config));
        Assert.IsTrue(file.TryGetFile("tokenizer.json", out ReadOnlySpan<byte> tokenizer));
        return MoEModel.Create(new DequantizedWeights(file), ModelConfig.Parse(config), Tokenizer.FromJson(tokenizer), GenerationDefaults.None);
    }
}
