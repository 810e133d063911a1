using MoEQuant.Quantizer.Pipeline.Caching;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Gives the units of a model one after the other: from the cache where they are, otherwise made and put there.</summary>
/// <param name="work">What makes them.</param>
/// <param name="store">The cache; or null.</param>
/// <param name="progress">Hears of what is taken from the cache; or null.</param>
internal sealed class SegmentMaker(RunWork work, SegmentStore? store, IQuantizationProgress? progress) : IDisposable
{
    private SegmentTensor? _embedding;
    private ILayerQuantizer? _layers;
    private int _nextLayer;

    /// <summary>Units that were taken from the cache.</summary>
    public int ReusedCount { get; private set; }

    /// <summary>Gives a unit. With calibration the embedding comes first, then the layers in ascending order.</summary>
    public LayerSegment Get(ModelUnit unit, IProgress<double> follow, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LayerSegment segment = FromStore(unit) ?? Make(unit, follow, cancellationToken);
        if (unit.Index == 0)
            _embedding = segment.Tensors[0];
        return segment;
    }

    public void Dispose() => _layers?.Dispose();

    private LayerSegment? FromStore(ModelUnit unit)
    {
        bool damaged = false;
        LayerSegment? segment = store?.TryRead(unit, out damaged);
        if (damaged)
            progress?.Inform($"{unit.Title} in the cache is damaged and is made again.");
        if (segment is not null)
            ReusedCount++;
        return segment;
    }

    private LayerSegment Make(ModelUnit unit, IProgress<double> follow, CancellationToken cancellationToken)
    {
        if (unit.Layer < 0)
        {
            LayerSegment made = new(new() { Layer = -1 }, work.Units.Quantize(unit.Tensors, follow, cancellationToken));
            store?.Write(unit, made);
            return made;
        }

        _layers ??= work.CreateLayers(_embedding);
        Advance(unit.Layer, cancellationToken);
        LayerSegment segment = _layers.Quantize(unit.Layer, follow, cancellationToken);
        _nextLayer = unit.Layer + 1;
        store?.Write(unit, segment);
        if (_layers.CarriesState)
            store?.WriteState(_nextLayer, _layers);
        return segment;
    }

    /// <summary>Brings the layers' quantizer in front of a layer: by a state from the cache, and where there is none by making the layers in between once more.</summary>
    private void Advance(int layer, CancellationToken cancellationToken)
    {
        if (!_layers!.CarriesState || _nextLayer == layer)
            return;
        _nextLayer = store?.RestoreState(layer, _nextLayer, _layers) ?? _nextLayer;
        for (; _nextLayer < layer; _nextLayer++)
            _layers.Quantize(_nextLayer, new Progress<double>(), cancellationToken);
    }
}
