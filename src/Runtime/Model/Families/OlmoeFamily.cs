using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Families;

/// <summary>OLMoE: RmsNorm over the whole query and key vectors, optional <c>clip_qkv</c>; top-k probabilities renormalised only when the config says so.</summary>
internal sealed class OlmoeFamily : FamilyDefinition
{
    public override ModelFamily Family => ModelFamily.Olmoe;

    public override string Architecture => "OlmoeForCausalLM";

    public override string FeedForwardPrefix => "mlp";

    protected override ModelConfig ReadFamily(ConfigReader reader, ModelConfig common) => common with
    {
        Family = Family,
        ExpertCount = reader.Int("num_experts", 1, 4096),
        ExpertIntermediateSize = reader.Int("intermediate_size", 1, 1 << 20),
        NormalizeTopK = reader.Bool("norm_topk_prob", false),
        ClipQkv = reader.Has("clip_qkv") ? (float)reader.Number("clip_qkv", float.Epsilon, float.MaxValue) : null,
        QueryKeyNorm = true,
    };
}
