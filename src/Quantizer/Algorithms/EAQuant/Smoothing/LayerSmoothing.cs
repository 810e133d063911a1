using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>Adds smoothing scales to a layer's transform where they can be fused into the weights (EAQuant, arXiv 2506.13329). The function stays the same.</summary>
internal static class LayerSmoothing
{
    /// <summary>The matrices that read the norm in front of attention: q, k and v.</summary>
    public static IReadOnlyList<PlannedTensor> AttentionReaders(LayerPlan plan) => [plan.Query.Weight, plan.Key.Weight, plan.Value.Weight];

    /// <summary>The matrices that read the norm in front of the feed-forward network: router, gate and up of every expert, of the shared experts, or of the dense network.</summary>
    public static IReadOnlyList<PlannedTensor> FeedForwardReaders(LayerPlan plan) =>
    [
        .. plan.Router is null ? Array.Empty<PlannedTensor>() : [plan.Router],
        .. plan.Networks().SelectMany(network => (PlannedTensor[])[network.Gate, network.Up]),
    ];

    /// <summary>Every gated network of a layer: experts, shared experts, dense.</summary>
    public static IEnumerable<GatedMlpPlan> Networks(this LayerPlan plan) =>
        [.. plan.Experts, .. plan.SharedExperts is null ? Array.Empty<GatedMlpPlan>() : [plan.SharedExperts], .. plan.DenseMlp is null ? Array.Empty<GatedMlpPlan>() : [plan.DenseMlp]];

    /// <summary>Norm → q, k, v: the norm's weight is divided, the columns are multiplied by s, [hidden].</summary>
    public static void SmoothAttentionInput(this LayerTransform transform, LayerPlan plan, float[] scales) =>
        transform.Connect(new ChannelScale(scales), [plan.InputNorm], AttentionReaders(plan));

    /// <summary>Norm → router, experts and shared experts, s of [hidden]. Logits of the router do not change.</summary>
    public static void SmoothFeedForwardInput(this LayerTransform transform, LayerPlan plan, float[] scales) =>
        transform.Connect(new ChannelScale(scales), [plan.PostAttentionNorm], FeedForwardReaders(plan));

    /// <summary>v → o: rows of v and its bias are divided; columns of o are multiplied, for every query head by the scales of its key-value head.</summary>
    /// <param name="transform">The layer's transform.</param>
    /// <param name="plan">The layer.</param>
    /// <param name="config">The model; must satisfy <see cref="ValueChannels.MayChange"/>.</param>
    /// <param name="scales">s, [<see cref="ModelConfig.KeyValueSize"/>].</param>
    /// <exception cref="ArgumentException">The model clips its values.</exception>
    public static void SmoothValues(this LayerTransform transform, LayerPlan plan, ModelConfig config, float[] scales)
    {
        if (!ValueChannels.MayChange(config))
            throw new ArgumentException("Clipped values cannot be scaled.", nameof(config));
        transform.Connect(new ChannelScale(scales), WithBias(plan.Value), []);
        transform.Connect(new ChannelScale(ValueChannels.Spread(scales, config)), [], [plan.Output.Weight]);
    }

    /// <summary>up → down inside one gated network, s of [intermediate]: silu(gate) · up is linear in up.</summary>
    public static void SmoothInner(this LayerTransform transform, GatedMlpPlan network, float[] scales) =>
        transform.Connect(new ChannelScale(scales), [network.Up], [network.Down]);

    /// <summary>A projection's matrix and, where it has one, its bias.</summary>
    public static IEnumerable<PlannedTensor> WithBias(ProjectionPlan projection) => projection.Bias is null ? [projection.Weight] : [projection.Weight, projection.Bias];
}
