using System.Text;
using MoEQuant.Format;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>An OLMoE checkpoint of random weights that quantizes in a fraction of a second; sizes are no multiples of tiles and groups.</summary>
internal static class SmallCheckpoint
{
    public const int Hidden = 40;
    public const int Intermediate = 24;

    public static readonly byte[] Config = Encoding.UTF8.GetBytes($$"""
        { "architectures": ["OlmoeForCausalLM"], "model_type": "olmoe", "hidden_size": {{Hidden}}, "intermediate_size": {{Intermediate}}, "num_attention_heads": 2,
          "num_key_value_heads": 2, "num_hidden_layers": 2, "num_experts": 4, "num_experts_per_tok": 2, "norm_topk_prob": false, "vocab_size": 4096,
          "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": false, "hidden_act": "silu", "attention_bias": false }
        """);

    /// <summary>Writes the checkpoint into a folder, with the sample model's tokenizer.</summary>
    public static CheckpointBuilder Write(string folder, double deviation = 0.05, int vocabulary = 4096)
    {
        byte[] config = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(Config).Replace("4096", $"{vocabulary}", StringComparison.Ordinal));
        CheckpointBuilder builder = new CheckpointBuilder(seed: 7).AddFile("config.json", config)
            .AddFile("tokenizer.json", File.ReadAllBytes(Path.Combine(RepositoryPaths.SampleCheckpoint, "tokenizer.json")));
        foreach (PlannedTensor tensor in TensorPlan.For(ModelConfig.Parse(config)).Tensors)
            builder.Add(tensor.Name, TensorDataType.BF16, tensor.IsVector ? [tensor.Rows] : [tensor.Rows, tensor.Columns], tensor.Role == TensorRole.Norm ? 1 : 0, deviation);
        builder.Write(folder);
        return builder;
    }
}
