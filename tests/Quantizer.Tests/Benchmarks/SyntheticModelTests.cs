using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Benchmarks;

[TestClass]
public sealed class SyntheticModelTests
{
    // Small enough for a test; the published shapes have the same form.
    private static readonly ModelShape Small = new("small", 2, 300, """
        "architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_size": 96, "intermediate_size": 40, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": 24,
        "num_experts": 6, "num_experts_per_tok": 2, "norm_topk_prob": true, "max_position_embeddings": 64, "rms_norm_eps": 1e-5, "rope_theta": 10000.0
        """);

    [TestMethod]
    [DataRow("W3A16", 8, 4)]
    [DataRow("W4A16", 0, 0)]
    [DataRow("W3A8", 0, 4)]
    public void Create_SmallShape_MakesAModelThatComputes(string name, int denseRank, int sparseRank)
    {
        Assert.IsTrue(QuantizationScheme.TryParse(name, out QuantizationScheme scheme));
        string path;
        using (SyntheticModel model = SyntheticModel.Create(Small, 2, new(scheme, 32, denseRank, sparseRank), seed: 3))
        {
            path = model.Path;
            using Runtime.MoEModel loaded = Runtime.MoEModel.Load(path, new() { ThreadCount = 1, VerifyContent = true });
            using Runtime.Generation.InferenceSession session = loaded.CreateSession();
            float[] logits = [.. session.Process([1, 2, 3])];
            Assert.IsTrue(Array.TrueForAll(logits, float.IsFinite));
            Assert.IsGreaterThan(0.01f, logits.Max() - logits.Min());
        }

        Assert.IsFalse(File.Exists(path));
    }

    [TestMethod]
    public void Create_SameSeed_GivesTheSameBytes()
    {
        byte[] Bytes(int seed)
        {
            using SyntheticModel model = SyntheticModel.Create(Small, 1, new(new(3, 16), 32, 4, 4), seed);
            return File.ReadAllBytes(model.Path);
        }

        Assert.AreSequenceEqual(Bytes(5), Bytes(5));
        Assert.AreNotSequenceEqual(Bytes(5), Bytes(6));
    }

    [TestMethod]
    public void All_EveryShape_IsAConfigurationThatTheRuntimeKnows()
    {
        foreach (ModelShape shape in ModelShape.All)
        {
            TensorPlan plan = TensorPlan.For(ModelConfig.Parse(shape.Config(1)));
            Assert.HasCount(1, plan.Layers, shape.Name);
        }
    }

    [TestMethod]
    public void All_Qwen3_ReadsTheWeightsPerTokenThatComparisonsName()
    {
        ModelShape shape = ModelShape.All.Single(known => known.Name == "qwen3-30b-a3b");
        ModelConfig config = ModelConfig.Parse(shape.Config(4));
        TensorPlan plan = TensorPlan.For(config);
        long dense = plan.Layers.SelectMany(layer => layer.Tensors).Where(tensor => tensor.Role == TensorRole.DenseLinear).Sum(tensor => tensor.ElementCount);
        long experts = plan.Layers.SelectMany(layer => layer.Tensors).Where(tensor => tensor.Role == TensorRole.ExpertLinear).Sum(tensor => tensor.ElementCount);
        Assert.AreEqual(201_326_592, dense + experts * config.ExpertsPerToken / config.ExpertCount + plan.Head!.ElementCount);
    }
}
