using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Tests.Golden;

/// <summary>Keeps the experts chosen at one position.</summary>
internal sealed class RoutingRecorder(int position) : ForwardObserver
{
    public Dictionary<int, int[]> Experts { get; } = [];

    public override void OnRouted(int layer, int at, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
        if (at == position)
            Experts[layer] = experts.ToArray();
    }
}
