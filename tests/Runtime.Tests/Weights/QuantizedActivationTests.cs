using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Tests.Weights;

/// <summary>Whole models whose files ask for quantized activations.</summary>
[TestClass]
public sealed class QuantizedActivationTests : IDisposable
{
    private static readonly int[] Tokens = TestModels.Tokens(19, 61);

    private readonly TemporaryFolder _folder = new();

    private string ModelPath => _folder.File("model.moeq");

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow("MixtralForCausalLM", 8, 0, 100, 0)]
    [DataRow("OlmoeForCausalLM", 8, 32, 97, 32)]
    [DataRow("DeepseekForCausalLM", 4, 64, 90, 0)]
    [DataRow("OlmoeForCausalLM", 4, 0, 90, 64)]
    public void Process_QuantizedActivations_MatchesDoublePrecisionOracle(string architecture, int bits, int groupSize, int clip, int rotationBlock)
    {
        PackedActivations activations = new(bits, groupSize, clip, rotationBlock);
        RandomModel random = Create(architecture);
        PackedTestModel.Write(ModelPath, random, 4, 32, rank: 0, activations: activations);
        Dictionary<string, float[]> tensors;
        using (var source = new PackedWeightSource(PackedModelFile.Open(ModelPath)))
            tensors = DequantizedWeightSource.Tensors(source, TensorPlan.For(random.Config));
        double[][] expected = new ReferenceTransformer(random.Json, tensors, Treat).Logits(Tokens), plain = new ReferenceTransformer(random.Json, tensors).Logits(Tokens);

        float[][] actual = Logits(new MoEModelOptions { PrefillBatch = 7, ThreadCount = 2 });

        // A value half way between two codes may be rounded the other way in single precision, which moves a few logits by a fraction of what quantization itself does.
        double effect = Distance(plain, expected), error = Distance(actual.Select(row => row.Select(value => (double)value).ToArray()).ToArray(), expected);
        Assert.IsGreaterThan(0.002, effect, "quantization must show");
        Assert.IsLessThan(0.05 * effect, error, $"effect {effect:E2}, error {error:E2}");

        double[] Treat(string name, double[] x) =>
            name == "lm_head.weight" || name.EndsWith(".gate.weight", StringComparison.Ordinal) ? x : FakeQuantization.Apply(x, activations);
    }

    [TestMethod]
    public void Process_CompensatedMatrices_ReadTheInputsInFloatingPoint()
    {
        // The codes weigh nothing, so that only the compensators speak: quantized inputs must not reach them.
        RandomModel random = Create("OlmoeForCausalLM");
        PackedTestModel.Write(ModelPath, random, 3, 32, rank: 4, activations: new PackedActivations(4, 0, 50), weightScale: 0);
        float[][] quantized = Logits(new MoEModelOptions());
        PackedTestModel.Write(ModelPath, random, 3, 32, rank: 4, weightScale: 0);
        float[][] exact = Logits(new MoEModelOptions());
        for (int token = 0; token < exact.Length; token++)
            CollectionAssert.AreEqual(exact[token], quantized[token]);
        Assert.IsGreaterThan(0.01f, exact.Max(row => row.Max(MathF.Abs)));
    }

    [TestMethod]
    public void Process_TokenByToken_MatchesOneBatch()
    {
        RandomModel random = Create("DeepseekForCausalLM");
        PackedTestModel.Write(ModelPath, random, 3, 64, rank: 0, activations: new PackedActivations(8, 0, 100, 64));
        using MoEModel model = MoEModel.Load(ModelPath);
        using InferenceSession whole = model.CreateSession(), single = model.CreateSession();
        float[] expected = whole.Process(Tokens).ToArray();
        float[] actual = [];
        foreach (int token in Tokens)
            actual = single.Process([token]).ToArray();
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-3f, $"logit {i}");
    }

    [TestMethod]
    public void Load_Int8_MatchesTheFileThatSaysSo()
    {
        RandomModel random = Create("MixtralForCausalLM");
        PackedTestModel.Write(ModelPath, random, 3, 64, rank: 3);
        float[][] exact = Logits(new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }), int8 = Logits(new MoEModelOptions { ActivationPrecision = ActivationPrecision.Int8 });
        float[][] byDefault = Logits(new MoEModelOptions());
        PackedTestModel.Write(ModelPath, random, 3, 64, rank: 3, activations: new PackedActivations(8, 64, 100));
        float[][] stored = Logits(new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }), both = Logits(new MoEModelOptions { ActivationPrecision = ActivationPrecision.Int8 });

        Assert.IsFalse(exact[^1].SequenceEqual(int8[^1]), "the option must do something");
        for (int token = 0; token < int8.Length; token++)
        {
            CollectionAssert.AreEqual(stored[token], int8[token]);
            CollectionAssert.AreEqual(int8[token], byDefault[token]);
            CollectionAssert.AreEqual(stored[token], both[token]);
        }
    }

    [TestMethod]
    public void Load_UnknownPrecision_ThrowsItsCode()
    {
        PackedTestModel.Write(ModelPath, Create("MixtralForCausalLM"), 3, 64, rank: 0);
        var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.Load(ModelPath, new MoEModelOptions { ActivationPrecision = (ActivationPrecision)7 }));
        Assert.AreEqual("MOEQ5038", error.Code);
        StringAssert.Contains(error.Message, "ActivationPrecision is 7", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Process_SteadyState_AllocatesNothing()
    {
        PackedTestModel.Write(ModelPath, Create("OlmoeForCausalLM"), 3, 64, rank: 2, activations: new PackedActivations(4, 0, 90, 32));
        using MoEModel model = MoEModel.Load(ModelPath, new MoEModelOptions { ThreadCount = 1 });
        using InferenceSession session = model.CreateSession();
        int[] token = [7];
        long before = 0;
        for (int step = 0; step < 120; step++)
        {
            if (step == 20)
                before = GC.GetAllocatedBytesForCurrentThread();
            session.Process(token);
        }

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static RandomModel Create(string architecture) =>
        RandomModel.Create(architecture, seed: 6, ("hidden_size", 64), ("intermediate_size", 128), ("moe_intermediate_size", 64));

    private static double Distance(double[][] a, double[][] b) => a.Zip(b).Max(pair => pair.First.Zip(pair.Second).Max(values => Math.Abs(values.First - values.Second)));

    private float[][] Logits(MoEModelOptions options)
    {
        using MoEModel model = MoEModel.Load(ModelPath, options);
        using InferenceSession session = model.CreateSession();
        var logits = new List<float[]>();
        session.ProcessAll(Tokens, (_, row) => logits.Add(row.ToArray()));
        return [.. logits];
    }
}
