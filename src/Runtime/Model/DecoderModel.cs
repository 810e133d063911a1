using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model;

/// <summary>The network of every family: embedding, decoder layers, final norm, output head. Immutable; sessions carry all state.</summary>
internal sealed class DecoderModel
{
    public DecoderModel(ModelConfig config, IWeightSource source)
    {
        Config = config;
        TensorPlan plan = TensorPlan.For(config);
        Embedding = source.GetLinear(plan.Embedding);
        Layers = [.. plan.Layers.Select((layerPlan, layer) => new DecoderLayer(config, layer, layerPlan, source))];
        Head = OutputHead.Load(config, plan, source);
        Rotary = RotaryEmbedding.For(config);
        LargestRank = Head.Rank;
        foreach (DecoderLayer layer in Layers)
            LargestRank = Math.Max(LargestRank, layer.LargestRank);
    }

    public ModelConfig Config { get; }

    public LinearWeights Embedding { get; }

    /// <summary>The layers; an array, so that walking them allocates no enumerator per token.</summary>
    public DecoderLayer[] Layers { get; }

    /// <summary>The final norm and the output head.</summary>
    public OutputHead Head { get; }

    public RotaryEmbedding Rotary { get; }

    /// <summary>The widest compensator of the model.</summary>
    public int LargestRank { get; }
}
