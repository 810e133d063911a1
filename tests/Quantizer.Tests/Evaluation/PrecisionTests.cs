using System.Text.Json;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Tests.Cli;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Tests.Evaluation;

/// <summary>What <see cref="ActivationPrecision.Int8"/> and <see cref="KeyValuePrecision.BFloat16"/> cost on the sample model.</summary>
[TestClass]
public sealed class PrecisionTests
{
    private const int Context = 128;
    private const int Windows = 4;

    private static TemporaryFolder s_folder = null!;

    private static string ModelPath => s_folder.File("m.moeq");

    private static string TextPath => s_folder.File("text.txt");

    [ClassInitialize]
    public static void Quantize(TestContext context)
    {
        s_folder = new();
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "golden", "tiny-olmoe", "golden.json")));
        string[] prompts = [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("prompt").GetString()!)];
        File.WriteAllText(TextPath, string.Join(" ", Enumerable.Range(0, 60).SelectMany(index => prompts.Skip(index % prompts.Length).Concat(prompts))));
        Assert.AreEqual(0, CommandRun.Execute(
            "quantize", RepositoryPaths.SampleCheckpoint, "--output", ModelPath, "--dense-rank", "4", "--sparse-rank", "0", "--rounding", "nearest").ExitCode);
    }

    [ClassCleanup]
    public static void Clean() => s_folder.Dispose();

    [TestMethod]
    public void Int8_LogitsOfTheSampleModel_MoveLittle()
    {
        (double largest, double rms) = Change(new() { ActivationPrecision = ActivationPrecision.Int8 });
        Assert.IsGreaterThan(0, largest);
        Assert.IsLessThan(0.5, largest);
        Assert.IsLessThan(0.05, rms);
    }

    [TestMethod]
    public void BFloat16_LogitsOfTheSampleModel_MoveLittle()
    {
        (double largest, double rms) = Change(new() { ActivationPrecision = ActivationPrecision.Exact, KeyValuePrecision = KeyValuePrecision.BFloat16 });
        Assert.IsGreaterThan(0, largest);
        Assert.IsLessThan(0.3, largest);
        Assert.IsLessThan(0.03, rms);
    }

    [TestMethod]
    public void Eval_Int8AndBFloat16_ChangePerplexityByLessThanATenthOfAPercent()
    {
        double exact = Perplexity("exact", "float32"), int8 = Perplexity("int8", "float32"), keyValues = Perplexity("exact", "bfloat16");
        Console.WriteLine($"exact {exact:F4}, int8 {int8:F4}: {(int8 / exact) - 1:P4}; keys and values as bfloat16 {keyValues:F4}: {(keyValues / exact) - 1:P4}");
        Assert.AreNotEqual(exact, int8);
        Assert.AreNotEqual(exact, keyValues);
        Assert.AreEqual(exact, int8, 0.001 * exact);
        Assert.AreEqual(exact, keyValues, 0.001 * exact);
    }

    private static double Perplexity(string activations, string keyValues) => CommandRun.Execute(
        "eval", ModelPath, "--text", TextPath, "--context", $"{Context}", "--windows", $"{Windows}", "--activations", activations, "--key-values", keyValues, "--json").Json.GetProperty("perplexity").GetDouble();

    /// <summary>How far options move the logits: the largest change, and the root mean square of all.</summary>
    private static (double Largest, double RootMeanSquare) Change(MoEModelOptions options)
    {
        List<float[]> exact = Logits(new() { ActivationPrecision = ActivationPrecision.Exact }), changed = Logits(options);
        double largest = exact.Zip(changed).Max(pair => pair.First.Zip(pair.Second).Max(logits => Math.Abs(logits.First - logits.Second)));
        double size = exact.Max(row => row.Max(Math.Abs));
        double rms = Math.Sqrt(exact.Zip(changed).Average(pair => pair.First.Zip(pair.Second).Average(logits => Math.Pow(logits.First - logits.Second, 2))));
        Console.WriteLine($"largest change {largest:F4} of logits up to {size:F1}, root mean square {rms:F5}");
        return (largest, rms);
    }

    private static List<float[]> Logits(MoEModelOptions options)
    {
        using MoEModel model = MoEModel.Load(ModelPath, options);
        WindowPlan plan = WindowPlan.Create(model.Tokenizer, File.ReadAllText(TextPath), Context, 1, null);
        using InferenceSession session = model.CreateSession();
        List<float[]> logits = [];
        session.ProcessAll(plan.Input(0), (_, row) => logits.Add(row.ToArray()));
        return logits;
    }
}
