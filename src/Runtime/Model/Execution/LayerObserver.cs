namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// Sees the inputs of a layer's linear layers and the router's outputs as well, for calibration. Set on a session or passed to a
/// <see cref="LayerExecutor"/>; calls come from the thread that runs the pass, tokens in order of their positions at each site.
/// </summary>
public abstract class LayerObserver : ForwardObserver
{
    /// <summary>The input of one or several linear layers for one token.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="site">Where in the layer.</param>
    /// <param name="position">The token's position in the context.</param>
    /// <param name="values">The input, as wide as the site says; valid during the call only.</param>
    public virtual void OnInput(int layer, LayerSite site, int position, ReadOnlySpan<float> values)
    {
    }

    /// <summary>The probabilities of all experts for one token: softmax over the router's outputs. Called before <see cref="ForwardObserver.OnRouted"/>.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="position">The token's position in the context.</param>
    /// <param name="probabilities">One value per expert; valid during the call only.</param>
    public virtual void OnRouterProbabilities(int layer, int position, ReadOnlySpan<float> probabilities)
    {
    }
}
