using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The weights of the layer that is being worked on: original ones at first, where they are mapped if possible, each replaced by its quantized form when that is made.</summary>
internal sealed class LayerWeights(ITensorReader reader) : IWeightSource
{
    private readonly Dictionary<string, WeightCopy> _matrices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, float[]> _vectors = new(StringComparer.Ordinal);

    /// <summary>Replaces a tensor; executors that were made before keep the old one and must not run any more.</summary>
    public void Replace(SegmentTensor tensor)
    {
        TensorStatistics described = tensor.Statistics;
        if (described.Columns == 0)
        {
            _vectors[described.Name] = tensor.Values;
            return;
        }

        if (_matrices.Remove(described.Name, out WeightCopy? before))
            before.Dispose();
        _matrices.Add(described.Name, WeightCopy.Of(tensor));
    }

    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        if (_matrices.TryGetValue(tensor.Name, out WeightCopy? copy))
            return copy.Weights;
        if (reader.Map(tensor) is { } mapped)
            return mapped;
        copy = WeightCopy.Of(tensor, reader);
        _matrices.Add(tensor.Name, copy);
        return copy.Weights;
    }

    public float[] GetVector(PlannedTensor tensor) => _vectors.TryGetValue(tensor.Name, out float[]? values) ? values : WeightLoader.LoadPlain(reader, tensor);

    public void Dispose()
    {
        foreach (WeightCopy copy in _matrices.Values)
            copy.Dispose();
        _matrices.Clear();
    }
}
