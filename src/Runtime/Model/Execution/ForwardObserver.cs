namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Sees what happens inside a forward pass, for tests, calibration and evaluation. Calls come from the thread that runs the pass.</summary>
public abstract class ForwardObserver
{
    /// <summary>A router chose experts for a token.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="position">The token's position in the context.</param>
    /// <param name="experts">The chosen experts in order of falling probability; valid during the call only.</param>
    /// <param name="weights">Their weights; valid during the call only.</param>
    public virtual void OnRouted(int layer, int position, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
    }
}
