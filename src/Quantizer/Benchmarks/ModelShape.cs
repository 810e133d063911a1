using System.Globalization;
using System.Text;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>The shape of a published model.</summary>
/// <param name="Name">How it is asked for.</param>
/// <param name="LayerCount">Its layers.</param>
/// <param name="Settings">What config.json says beyond the number of layers and the vocabulary.</param>
/// <param name="Vocabulary">Tokens.</param>
internal sealed record ModelShape(string Name, int LayerCount, int Vocabulary, string Settings)
{
    private const string Olmoe = """
        "architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_size": 2048, "intermediate_size": 1024, "num_attention_heads": 16, "num_key_value_heads": 16,
        "num_experts": 64, "num_experts_per_tok": 8, "norm_topk_prob": false, "max_position_embeddings": 4096, "rms_norm_eps": 1e-5, "rope_theta": 10000.0,
        "tie_word_embeddings": false, "hidden_act": "silu", "attention_bias": false, "clip_qkv": null
        """;

    private const string Mixtral = """
        "architectures": ["MixtralForCausalLM"], "model_type": "mixtral", "hidden_size": 4096, "intermediate_size": 14336, "num_attention_heads": 32, "num_key_value_heads": 8,
        "num_local_experts": 8, "num_experts_per_tok": 2, "max_position_embeddings": 32768, "rms_norm_eps": 1e-5, "rope_theta": 1000000.0, "tie_word_embeddings": false,
        "hidden_act": "silu", "sliding_window": null
        """;

    private const string DeepSeek = """
        "architectures": ["DeepseekForCausalLM"], "model_type": "deepseek", "hidden_size": 2048, "intermediate_size": 10944, "moe_intermediate_size": 1408, "num_attention_heads": 16,
        "num_key_value_heads": 16, "n_routed_experts": 64, "n_shared_experts": 2, "num_experts_per_tok": 6, "first_k_dense_replace": 1, "moe_layer_freq": 1, "norm_topk_prob": false,
        "scoring_func": "softmax", "max_position_embeddings": 4096, "rms_norm_eps": 1e-6, "rope_theta": 10000.0, "tie_word_embeddings": false, "hidden_act": "silu", "attention_bias": false
        """;

    // Qwen3-30B-A3B as the comparison with other runtimes has it: 16 of its 32 query heads and a small vocabulary. Executed by the OLMoE family, whose query and key norms
    // go over all heads together instead of one by one: as many operations.
    private const string Qwen3 = """
        "architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_size": 2048, "intermediate_size": 768, "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 128,
        "num_experts": 128, "num_experts_per_tok": 8, "norm_topk_prob": true, "max_position_embeddings": 40960, "rms_norm_eps": 1e-6, "rope_theta": 1000000.0,
        "tie_word_embeddings": false, "hidden_act": "silu", "attention_bias": false, "clip_qkv": null
        """;

    /// <summary>The shapes that are known.</summary>
    public static IReadOnlyList<ModelShape> All { get; } =
    [
        new("olmoe", 16, 50304, Olmoe),
        new("mixtral", 32, 32000, Mixtral),
        new("deepseek-moe", 28, 102400, DeepSeek),
        new("qwen3-30b-a3b", 48, 4096, Qwen3),
    ];

    /// <summary>config.json for a number of layers.</summary>
    public byte[] Config(int layers) => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{ {{Settings}}, "vocab_size": {{Vocabulary}}, "num_hidden_layers": {{layers}}, "bos_token_id": null, "eos_token_id": 0 }"""));
}
