using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Families;

/// <summary>DeepSeek-MoE (V1): the first layers are dense, shared experts see every token, routing is softmax top-k without groups.</summary>
internal sealed class DeepSeekMoeFamily : FamilyDefinition
{
    public override ModelFamily Family => ModelFamily.DeepSeekMoe;

    public override string Architecture => "DeepseekForCausalLM";

    public override string FeedForwardPrefix => "mlp";

    protected override ModelConfig ReadFamily(ConfigReader reader, ModelConfig common)
    {
        RequireText(reader, "scoring_func", "softmax");
        RequireText(reader, "topk_method", "greedy");
        if (reader.Int("n_group", 0, 4096, 1) > 1)
            throw new MoEQuantException(ModelDiagnostics.RoutingUnsupported, $"n_group is {reader.Int("n_group")}; only ungrouped routing is supported.", reader.Path);
        if (reader.Number("routed_scaling_factor", double.MinValue, double.MaxValue, 1) != 1)
            throw new MoEQuantException(ModelDiagnostics.RoutingUnsupported, "routed_scaling_factor is not 1.", reader.Path);

        int moeIntermediate = reader.Int("moe_intermediate_size", 1, 1 << 20);
        int firstDense = reader.Int("first_k_dense_replace", 0, 1024, 0);
        int frequency = reader.Int("moe_layer_freq", 1, 1024, 1);
        ModelConfig config = common with
        {
            Family = Family,
            ExpertCount = reader.Int("n_routed_experts", 1, 4096),
            ExpertIntermediateSize = moeIntermediate,
            NormalizeTopK = reader.Bool("norm_topk_prob", false),
            SharedIntermediateSize = moeIntermediate * reader.Int("n_shared_experts", 0, 64, 0),
            FirstDenseLayers = firstDense,
            MoeLayerFrequency = frequency,
        };
        bool anyDense = Enumerable.Range(0, config.LayerCount).Any(layer => !config.IsMoeLayer(layer));
        return anyDense ? config with { DenseIntermediateSize = reader.Int("intermediate_size", 1, 1 << 20) } : config;
    }

    private static void RequireText(ConfigReader reader, string name, string expected)
    {
        if (reader.Text(name) is { } found && found != expected)
            throw new MoEQuantException(ModelDiagnostics.RoutingUnsupported, $"{name} is \"{found}\", only \"{expected}\" is supported.", reader.Path);
    }
}
