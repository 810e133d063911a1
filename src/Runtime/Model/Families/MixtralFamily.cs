using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Families;

/// <summary>Mixtral: experts w1 (gate), w3 (up), w2 (down); softmax over all experts, top-k, renormalised.</summary>
internal sealed class MixtralFamily : FamilyDefinition
{
    public override ModelFamily Family => ModelFamily.Mixtral;

    public override string Architecture => "MixtralForCausalLM";

    public override string FeedForwardPrefix => "block_sparse_moe";

    public override (string Gate, string Up, string Down) ExpertProjections => ("w1", "w3", "w2");

    protected override ModelConfig ReadFamily(ConfigReader reader, ModelConfig common) => common with
    {
        Family = Family,
        ExpertCount = reader.Int("num_local_experts", 1, 4096),
        ExpertIntermediateSize = reader.Int("intermediate_size", 1, 1 << 20),
        NormalizeTopK = true,
        SlidingWindow = reader.Has("sliding_window") ? reader.Int("sliding_window") : null,
    };
}
