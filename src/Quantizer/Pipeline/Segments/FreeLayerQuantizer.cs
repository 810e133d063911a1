using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Quantizes layers from their weights alone: no data, no state, every matrix for itself.</summary>
internal sealed class FreeLayerQuantizer(TensorPlan plan, UnitQuantizer quantizer) : ILayerQuantizer
{
    public bool CarriesState => false;

    public LayerSegment Quantize(int layer, IProgress<double> progress, CancellationToken cancellationToken) =>
        new(new() { Layer = layer }, quantizer.Quantize([.. plan.Layers[layer].Tensors], progress, cancellationToken));

    public void SaveState(Stream destination)
    {
    }

    public void RestoreState(int nextLayer, Stream source)
    {
    }

    public void Dispose()
    {
    }
}
