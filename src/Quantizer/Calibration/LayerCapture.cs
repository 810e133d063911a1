using MoEQuant.Quantizer.Numerics;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Keeps what the matrices of one layer see, for all calibration tokens: a row per token at every wanted site, and the routing.</summary>
/// <remarks>Memory: tokens × width × 4 bytes per wanted site; with routing another tokens × (experts + 2 · experts per token) × 4 bytes.</remarks>
internal sealed class LayerCapture : LayerObserver, IDisposable
{
    private readonly Dictionary<LayerSite, FloatMatrix> _rows = [];

    /// <param name="config">The network's widths.</param>
    /// <param name="layer">The layer that will be run.</param>
    /// <param name="tokenCount">Tokens of all sequences.</param>
    /// <param name="sites">The sites to keep; empty for all that the layer has.</param>
    public LayerCapture(ModelConfig config, int layer, int tokenCount, params ReadOnlySpan<LayerSite> sites)
    {
        foreach (LayerSite site in sites.IsEmpty ? Enum.GetValues<LayerSite>() : sites)
            if (Width(config, layer, site) is > 0 and int width)
                _rows.Add(site, new FloatMatrix(tokenCount, width));
        if (config.IsMoeLayer(layer) && _rows.ContainsKey(LayerSite.FeedForwardInput))
            Routing = new CapturedRouting(tokenCount, config.ExpertCount, config.ExpertsPerToken);
    }

    /// <summary>The running index of the token at position 0: set before each sequence.</summary>
    public int FirstToken { get; set; }

    /// <summary>Where the tokens went; null for a layer without experts and where the feed-forward input is not kept.</summary>
    public CapturedRouting? Routing { get; }

    /// <summary>The inputs at a site, [tokens, width]; the capture owns them.</summary>
    public FloatMatrix this[LayerSite site] => _rows[site];

    public override void OnInput(int layer, LayerSite site, int position, ReadOnlySpan<float> values)
    {
        if (_rows.TryGetValue(site, out FloatMatrix? rows))
            values.CopyTo(rows.Row(FirstToken + position));
    }

    public override void OnRouterProbabilities(int layer, int position, ReadOnlySpan<float> probabilities)
    {
        if (Routing is not null)
            probabilities.CopyTo(Routing.Probabilities.Row(FirstToken + position));
    }

    public override void OnRouted(int layer, int position, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
        if (Routing is null)
            return;
        experts.CopyTo(Routing.Experts(FirstToken + position));
        weights.CopyTo(Routing.Weights(FirstToken + position));
    }

    public void Dispose()
    {
        foreach (FloatMatrix rows in _rows.Values)
            rows.Dispose();
        Routing?.Dispose();
    }

    private static int Width(ModelConfig config, int layer, LayerSite site) => site switch
    {
        LayerSite.AttentionInput or LayerSite.FeedForwardInput => config.HiddenSize,
        LayerSite.OutputInput => config.QuerySize,
        LayerSite.DenseInner => config.IsMoeLayer(layer) ? 0 : config.DenseIntermediateSize,
        LayerSite.SharedInner => config.IsMoeLayer(layer) ? config.SharedIntermediateSize : 0,
        _ => throw new ArgumentOutOfRangeException(nameof(site)),
    };
}
