using MoEQuant.Quantizer.Algorithms.EAQuant.Routing;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Counts how many of the reference's chosen experts the model chose too. Order and weights do not count.</summary>
internal sealed class RouterAgreementCounter
{
    private readonly SortedDictionary<int, (long Shared, long Chosen)> _layers = [];

    /// <summary>Agreement of every layer that has a router.</summary>
    public IReadOnlyList<LayerAgreement> Layers => [.. _layers.Select(layer => new LayerAgreement(layer.Key, (double)layer.Value.Shared / layer.Value.Chosen))];

    /// <summary>Adds one token's choice in one layer.</summary>
    public void Add(int layer, ReadOnlySpan<int> model, ReadOnlySpan<int> reference)
    {
        (long shared, long chosen) = _layers.GetValueOrDefault(layer);
        _layers[layer] = (shared + SharedExperts.Count(reference, model), chosen + reference.Length);
    }

    /// <summary>Adds all recorded choices from <paramref name="firstPosition"/> on.</summary>
    public void Add(RoutingRecorder model, RoutingRecorder reference, int firstPosition)
    {
        foreach (((int layer, int position), int[] experts) in reference.Experts)
            if (position >= firstPosition && model.Experts.TryGetValue((layer, position), out int[]? chosen))
                Add(layer, chosen, experts);
    }
}
