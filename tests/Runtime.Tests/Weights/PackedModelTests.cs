using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Tests.Weights;

[TestClass]
public sealed class PackedModelTests
{
    private string _folder = "";

    private string ModelPath => Path.Combine(_folder, "model.moeq");

    [TestInitialize]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("moequant-runtime-").FullName;

    [TestCleanup]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("MixtralForCausalLM", 3, 64, 4, 8, false, 0)]
    [DataRow("MixtralForCausalLM", 4, 32, 0, 0, false, 32)]
    [DataRow("OlmoeForCausalLM", 3, 128, 3, 3, false, 0)]
    [DataRow("OlmoeForCausalLM", 8, 64, 1, 8, true, 64)]
    [DataRow("DeepseekForCausalLM", 3, 32, 5, 8, true, 32)]
    [DataRow("DeepseekForCausalLM", 4, 64, 2, 3, false, 0)]
    public void Load_PackedModel_ComputesWhatItsDequantizedWeightsCompute(
        string architecture, int bits, int groupSize, int rank, int compensatorBits, bool symmetric, int rotationBlock)
    {
        // Widths that a rotation divides where there is one, and odd ones elsewhere.
        RandomModel random = rotationBlock == 0
            ? RandomModel.Create(architecture, seed: 4)
            : RandomModel.Create(architecture, seed: 4, ("hidden_size", 64), ("intermediate_size", 128), ("moe_intermediate_size", 64));
        PackedTestModel.Write(ModelPath, random, bits, groupSize, rank, compensatorBits, symmetric, activations: new PackedActivations(0, 0, 0, rotationBlock));
        int[] tokens = TestModels.Tokens(21, random.Config.VocabularySize);

        using MoEModel packed = MoEModel.Load(ModelPath, new MoEModelOptions { PrefillBatch = 8, ActivationPrecision = ActivationPrecision.Exact });
        using var source = new PackedWeightSource(PackedModelFile.Open(ModelPath));
        using MoEModel dense = MoEModel.Create(DequantizedWeightSource.From(source, TensorPlan.For(random.Config)), random.Config, TestModels.ByteTokenizer());
        using InferenceSession expected = dense.CreateSession(), actual = packed.CreateSession();
        var logits = new List<float[]>();
        expected.ProcessAll(tokens, (_, row) => logits.Add(row.ToArray()));
        double largest = logits.Max(row => row.Max(MathF.Abs));
        actual.ProcessAll(tokens, (position, row) =>
        {
            for (int i = 0; i < row.Length; i++)
                Assert.AreEqual(logits[position][i], row[i], 2e-4 * largest, $"token {position}, logit {i}");
        });
        Assert.IsGreaterThan(0.1, largest, "the model must say something");
        Assert.AreEqual("Test", packed.Info!.Name);
    }

    [TestMethod]
    public unsafe void Open_AtOddAddresses_GivesTheSameBits()
    {
        RandomModel random = RandomModel.Create("OlmoeForCausalLM", seed: 4);
        PackedTestModel.Write(ModelPath, random, 3, 64, 2);
        int[] tokens = TestModels.Tokens(9, random.Config.VocabularySize);
        float[] expected = Logits(PackedModelFile.Open(ModelPath));
        byte[] bytes = File.ReadAllBytes(ModelPath);
        foreach (int shift in (int[])[1, 4, 48, 52])
        {
            // Manifest resources have been seen at these offsets from a 64-byte boundary.
            byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)bytes.Length + 64, 64);
            try
            {
                bytes.CopyTo(new Span<byte>(memory + shift, bytes.Length));
                CollectionAssert.AreEqual(expected, Logits(PackedModelFile.Open(MappedRegion.FromMemory(memory + shift, bytes.Length, null), ownsRegion: true)), $"shift {shift}");
            }
            finally
            {
                NativeMemory.AlignedFree(memory);
            }
        }

        float[] Logits(PackedModelFile file)
        {
            using MoEModel model = MoEModel.Create(new PackedWeightSource(file), random.Config, TestModels.ByteTokenizer());
            using InferenceSession session = model.CreateSession();
            return session.Process(tokens).ToArray();
        }
    }

    [TestMethod]
    public void Load_TensorMissing_ThrowsItsCode() =>
        AssertRefused("MOEQ5030", "k_norm", include: tensor => !tensor.Name.EndsWith("1.self_attn.k_norm.weight", StringComparison.Ordinal));

    [TestMethod]
    public void Load_MatrixOfAnotherShape_ThrowsItsCode() =>
        AssertRefused("MOEQ5031", "experts.3.up_proj", change: tensor => tensor.Name.EndsWith("0.mlp.experts.3.up_proj.weight", StringComparison.Ordinal) ? tensor with { Rows = 27 } : tensor);

    [TestMethod]
    public void Load_VectorOfAnotherLength_ThrowsItsCode() =>
        AssertRefused("MOEQ5031", "model.norm", change: tensor => tensor.Name == "model.norm.weight" ? tensor with { Rows = 39 } : tensor);

    [TestMethod]
    public void Load_NoConfig_ThrowsItsCode() => AssertRefused("MOEQ5033", "config.json", withoutFiles: ["config.json"]);

    [TestMethod]
    public void Load_NoTokenizer_ThrowsItsCode() => AssertRefused("MOEQ5033", "tokenizer.json", withoutFiles: ["tokenizer.json"]);

    [TestMethod]
    public void LoadResource_NoSuchResource_ThrowsItsCode()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.LoadResource(typeof(PackedModelTests).Assembly, "none.moeq"));
        Assert.AreEqual("MOEQ5034", error.Code);
        StringAssert.Contains(error.Message, "Runtime.Tests", StringComparison.Ordinal);
    }

    private void AssertRefused(string code, string mentions, Func<PlannedTensor, bool>? include = null, Func<PlannedTensor, PlannedTensor>? change = null, string[]? withoutFiles = null)
    {
        PackedTestModel.Write(ModelPath, RandomModel.Create("OlmoeForCausalLM", seed: 4), 3, 64, 2, include: include, change: change, withoutFiles: withoutFiles);
        var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.Load(ModelPath));
        Assert.AreEqual(code, error.Code, error.Message);
        StringAssert.Contains(error.Message, mentions, StringComparison.Ordinal);
        StringAssert.Contains(error.Message, ModelPath, StringComparison.Ordinal);

        // Nothing may keep the file open after a failed load.
        File.Delete(ModelPath);
    }
}
