using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model;

/// <summary>One decoder layer: norm, attention, norm, feed-forward network, each added to the residual stream.</summary>
internal sealed class DecoderLayer(ModelConfig config, int layer, LayerPlan plan, IWeightSource source)
{
    public RmsNorm InputNorm { get; } = new(source.GetVector(plan.InputNorm), config.RmsNormEpsilon);

    public Attention Attention { get; } = new(config, layer, plan, source);

    public RmsNorm PostAttentionNorm { get; } = new(source.GetVector(plan.PostAttentionNorm), config.RmsNormEpsilon);

    public FeedForward FeedForward { get; } = new(config, layer, plan, source);

    /// <summary>The widest compensator of the layer.</summary>
    public int LargestRank => Attention.Weights.Concat(FeedForward.Weights).Max(weights => weights.Rank);
}
