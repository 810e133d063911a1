using System.Text.Json;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Tests.Cli;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Tests.Evaluation;

/// <summary>What <see cref="ActivationPrecision.Int8"/> costs on the sample model.</summary>
[TestClass]
public sealed class ActivationPrecisionTests
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
        List<float[]> exact = Logits(ActivationPrecision.Exact), int8 = Logits(ActivationPrecision.Int8);
        double largest = exact.Zip(int8).Max(pair => pair.First.Zip(pair.Second).Max(logits => Math.Abs(logits.First - logits.Second)));
        double size = exact.Max(row => row.Max(Math.Abs));
        double rms = Math.Sqrt(exact.Zip(int8).Average(pair => pair.First.Zip(pair.Second).Average(logits => Math.Pow(logits.First - logits.Second, 2))));
        Console.WriteLine($"largest change {largest:F3} of logits up to {size:F1}, root mean square {rms:F4}");
        Assert.IsGreaterThan(0, largest);
        Assert.IsLessThan(0.5, largest);
        Assert.IsLessThan(0.05, rms);
    }

    [TestMethod]
    public void Eval_Int8_ChangesPerplexityByLessThanATenthOfAPercent()
    {
        double exact = Perplexity("exact"), int8 = Perplexity("int8");
        Console.WriteLine($"exact {exact:F4}, int8 {int8:F4}: {(int8 / exact) - 1:P4}");
        Assert.AreNotEqual(exact, int8);
        Assert.AreEqual(exact, int8, 0.001 * exact);
    }

    private static double Perplexity(string activations) => CommandRun.Execute(
        "eval", ModelPath, "--text", TextPath, "--context", $"{Context}", "--windows", $"{Windows}", "--activations", activations, "--json").Json.GetProperty("perplexity").GetDouble();

    private static List<float[]> Logits(ActivationPrecision precision)
    {
        using MoEModel model = MoEModel.Load(ModelPath, new MoEModelOptions { ActivationPrecision = precision });
        WindowPlan plan = WindowPlan.Create(model.Tokenizer, File.ReadAllText(TextPath), Context, 1, null);
        using InferenceSession session = model.CreateSession();
        List<float[]> logits = [];
        session.ProcessAll(plan.Input(0), (_, row) => logits.Add(row.ToArray()));
        return logits;
    }
}
