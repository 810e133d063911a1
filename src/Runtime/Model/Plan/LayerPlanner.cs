using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Families;

namespace MoEQuant.Runtime.Model.Plan;

/// <summary>Names and shapes of the tensors of each layer.</summary>
internal static class LayerPlanner
{
    public static IEnumerable<LayerPlan> Plan(ModelConfig config, FamilyDefinition family)
    {
        for (int layer = 0; layer < config.LayerCount; layer++)
            yield return PlanLayer(config, family, layer);
    }

    private static LayerPlan PlanLayer(ModelConfig config, FamilyDefinition family, int layer)
    {
        string prefix = $"model.layers.{layer}.";
        string feedForward = prefix + family.FeedForwardPrefix + ".";
        bool moe = config.IsMoeLayer(layer);

        ProjectionPlan Attention(string name, int rows, int columns) => new(
            new PlannedTensor($"{prefix}self_attn.{name}.weight", rows, columns, TensorRole.DenseLinear, layer),
            config.AttentionBias ? new PlannedTensor($"{prefix}self_attn.{name}.bias", rows, 0, TensorRole.Bias, layer) : null);

        PlannedTensor Norm(string name, int length) => new($"{prefix}{name}.weight", length, 0, TensorRole.Norm, layer);

        return new LayerPlan
        {
            InputNorm = Norm("input_layernorm", config.HiddenSize),
            Query = Attention("q_proj", config.QuerySize, config.HiddenSize),
            Key = Attention("k_proj", config.KeyValueSize, config.HiddenSize),
            Value = Attention("v_proj", config.KeyValueSize, config.HiddenSize),
            Output = Attention("o_proj", config.HiddenSize, config.QuerySize),
            QueryNorm = config.QueryKeyNorm ? Norm("self_attn.q_norm", config.QuerySize) : null,
            KeyNorm = config.QueryKeyNorm ? Norm("self_attn.k_norm", config.KeyValueSize) : null,
            PostAttentionNorm = Norm("post_attention_layernorm", config.HiddenSize),
            DenseMlp = moe ? null : Mlp(config, $"{prefix}mlp.", ("gate_proj", "up_proj", "down_proj"), config.DenseIntermediateSize, TensorRole.DenseLinear, layer),
            Router = moe ? new PlannedTensor($"{feedForward}gate.weight", config.ExpertCount, config.HiddenSize, TensorRole.Router, layer) : null,
            Experts = moe ? Experts(family, config, feedForward, layer) : [],
            SharedExperts = moe && config.SharedIntermediateSize > 0
                ? Mlp(config, $"{feedForward}shared_experts.", ("gate_proj", "up_proj", "down_proj"), config.SharedIntermediateSize, TensorRole.DenseLinear, layer)
                : null,
        };
    }

    private static GatedMlpPlan[] Experts(FamilyDefinition family, ModelConfig config, string feedForward, int layer)
    {
        var experts = new GatedMlpPlan[config.ExpertCount];
        for (int expert = 0; expert < experts.Length; expert++)
            experts[expert] = Mlp(config, $"{feedForward}experts.{expert}.", family.ExpertProjections, config.ExpertIntermediateSize, TensorRole.ExpertLinear, layer, expert);
        return experts;
    }

    private static GatedMlpPlan Mlp(ModelConfig config, string prefix, (string Gate, string Up, string Down) names, int width, TensorRole role, int layer, int expert = -1) => new(
        new PlannedTensor($"{prefix}{names.Gate}.weight", width, config.HiddenSize, role, layer, expert),
        new PlannedTensor($"{prefix}{names.Up}.weight", width, config.HiddenSize, role, layer, expert),
        new PlannedTensor($"{prefix}{names.Down}.weight", config.HiddenSize, width, role, layer, expert));
}
