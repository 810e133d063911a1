using MoEQuant.Format;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Quantizer.Tests.Checkpoints;

/// <summary>A random OLMoE checkpoint of a few kilobytes.</summary>
internal static class TinyCheckpoint
{
    public const string Config = """
        {"architectures":["OlmoeForCausalLM"],"model_type":"olmoe","vocab_size":32,"hidden_size":16,"num_hidden_layers":2,"num_attention_heads":2,"num_key_value_heads":2,
         "hidden_act":"silu","rms_norm_eps":1e-05,"rope_theta":10000.0,"max_position_embeddings":64,"intermediate_size":8,"num_experts":3,"num_experts_per_tok":2,
         "norm_topk_prob":false,"tie_word_embeddings":false,"attention_bias":false,"clip_qkv":null,"bos_token_id":null,"eos_token_id":0}
        """;

    public static TensorPlan Plan { get; } = TensorPlan.For(ModelConfig.Parse(System.Text.Encoding.UTF8.GetBytes(Config)));

    public static CheckpointBuilder Builder(TensorDataType type = TensorDataType.BF16, Func<PlannedTensor, bool>? include = null)
    {
        CheckpointBuilder builder = new CheckpointBuilder(seed: 3).AddFile("config.json", System.Text.Encoding.UTF8.GetBytes(Config));
        foreach (PlannedTensor tensor in Plan.Tensors.Where(include ?? (_ => true)))
            builder.Add(tensor.Name, type, tensor.IsVector ? [tensor.Rows] : [tensor.Rows, tensor.Columns], mean: tensor.Role == TensorRole.Norm ? 1 : 0);
        return builder;
    }
}
