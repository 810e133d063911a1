using System.Text.Json.Nodes;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed class DecoderModelTests
{
    // Float accumulation over a handful of layers of width 40; a wrong feature shows up at 1e-1.
    private const double Tolerance = 2e-4;

    public static IEnumerable<(string Case, string Architecture, (string, JsonNode?)[] Settings)> Cases =>
    [
        ("Mixtral", "MixtralForCausalLM", []),
        ("Mixtral, one key-value head", "MixtralForCausalLM", [("num_key_value_heads", 1)]),
        ("Mixtral, sliding window", "MixtralForCausalLM", [("sliding_window", 7)]),
        ("Mixtral, explicit head_dim", "MixtralForCausalLM", [("head_dim", 16)]),
        ("Mixtral, tied embedding", "MixtralForCausalLM", [("tie_word_embeddings", true)]),
        ("Mixtral, attention bias", "MixtralForCausalLM", [("attention_bias", true)]),
        ("Mixtral, linear rope", "MixtralForCausalLM", [("rope_scaling", new JsonObject { ["type"] = "linear", ["factor"] = 2.5 })]),
        ("Mixtral, all experts", "MixtralForCausalLM", [("num_experts_per_tok", 5)]),
        ("OLMoE", "OlmoeForCausalLM", []),
        ("OLMoE, renormalised", "OlmoeForCausalLM", [("norm_topk_prob", true)]),
        ("OLMoE, clip_qkv", "OlmoeForCausalLM", [("clip_qkv", 0.4)]),
        ("OLMoE, bias and clip", "OlmoeForCausalLM", [("attention_bias", true), ("clip_qkv", 0.7)]),
        ("OLMoE, one expert per token", "OlmoeForCausalLM", [("num_experts_per_tok", 1)]),
        ("DeepSeek", "DeepseekForCausalLM", []),
        ("DeepSeek, no shared experts", "DeepseekForCausalLM", [("n_shared_experts", null)]),
        ("DeepSeek, renormalised", "DeepseekForCausalLM", [("norm_topk_prob", true)]),
        ("DeepSeek, every second layer", "DeepseekForCausalLM", [("moe_layer_freq", 2), ("first_k_dense_replace", 0)]),
        ("DeepSeek, no dense layer", "DeepseekForCausalLM", [("first_k_dense_replace", 0)]),
    ];

    [TestMethod]
    [DynamicData(nameof(Cases))]
    public void Process_RandomModel_MatchesDoublePrecisionOracle(string name, string architecture, (string, JsonNode?)[] settings)
    {
        RandomModel random = RandomModel.Create(architecture, seed: 11, settings);
        int[] tokens = TestModels.Tokens(23, random.Config.VocabularySize);
        double[][] expected = new ReferenceTransformer(random).Logits(tokens);

        using MoEModel model = TestModels.Load(random, new MoEModelOptions { PrefillBatch = 9, ThreadCount = 2 });
        using InferenceSession session = model.CreateSession();
        int visited = 0;
        session.ProcessAll(tokens, (position, logits) =>
        {
            Assert.AreEqual(visited++, position);
            for (int i = 0; i < logits.Length; i++)
                Assert.AreEqual(expected[position][i], logits[i], Tolerance, $"{name}: token {position}, logit {i}");
        });
        Assert.AreEqual(tokens.Length, visited);
    }

    [TestMethod]
    [DataRow("MixtralForCausalLM")]
    [DataRow("OlmoeForCausalLM")]
    [DataRow("DeepseekForCausalLM")]
    public void Process_TokenByToken_MatchesOneBatch(string architecture)
    {
        RandomModel random = RandomModel.Create(architecture, seed: 5);
        int[] tokens = TestModels.Tokens(40, random.Config.VocabularySize);
        using MoEModel model = TestModels.Load(random);
        using InferenceSession whole = model.CreateSession(), single = model.CreateSession();
        float[] expected = whole.Process(tokens).ToArray();
        float[] actual = [];
        foreach (int token in tokens)
            actual = single.Process([token]).ToArray();
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-4f, $"logit {i}");
    }

    [TestMethod]
    public void Process_BeyondOneCachePage_MatchesOracle()
    {
        // 300 positions cross the 256-position page; the window makes early positions irrelevant, so both page edges are read.
        RandomModel random = RandomModel.Create("MixtralForCausalLM", seed: 3, ("sliding_window", 60), ("num_hidden_layers", 1));
        int[] tokens = TestModels.Tokens(300, random.Config.VocabularySize);
        double[] expected = new ReferenceTransformer(random).Logits(tokens)[^1];
        using MoEModel model = TestModels.Load(random);
        using InferenceSession session = model.CreateSession();
        ReadOnlySpan<float> actual = session.Process(tokens);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], Tolerance, $"logit {i}");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    public void Process_AnyThreadCount_GivesTheSameBits(int threads)
    {
        RandomModel random = RandomModel.Create("DeepseekForCausalLM", seed: 9);
        int[] tokens = TestModels.Tokens(30, random.Config.VocabularySize);
        using MoEModel one = TestModels.Load(random, new MoEModelOptions { ThreadCount = 1 });
        using MoEModel many = TestModels.Load(random, new MoEModelOptions { ThreadCount = threads });
        using InferenceSession first = one.CreateSession(), second = many.CreateSession();
        CollectionAssert.AreEqual(first.Process(tokens).ToArray(), second.Process(tokens).ToArray());
    }
}
