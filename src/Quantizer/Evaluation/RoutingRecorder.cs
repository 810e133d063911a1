using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Keeps the experts chosen for a few positions, layer by layer.</summary>
internal sealed class RoutingRecorder : ForwardObserver
{
    private readonly Dictionary<(int Layer, int Position), int[]> _experts = [];

    /// <summary>Every choice, in the order in which it was made.</summary>
    public IReadOnlyDictionary<(int Layer, int Position), int[]> Experts => _experts;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _experts.Clear();

    /// <inheritdoc/>
    public override void OnRouted(int layer, int position, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights) => _experts[(layer, position)] = experts.ToArray();
}
