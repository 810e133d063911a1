namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Turns the progress of one unit after the other into that of the run.</summary>
/// <param name="progress">Follows the run; or null.</param>
/// <param name="efforts">The estimated effort of each unit.</param>
/// <param name="layerCount">Layers of the model.</param>
internal sealed class UnitProgress(IQuantizationProgress? progress, IReadOnlyList<long> efforts, int layerCount) : IProgress<double>
{
    private readonly double _total = Math.Max(efforts.Sum(), 1);
    private int _unit;
    private long _done;

    /// <summary>Takes the share of the current unit that is done.</summary>
    public void Report(double value) => progress?.Report(new(CurrentLayer, layerCount, false, Math.Min((_done + efforts[_unit] * value) / _total, 1), 0));

    /// <summary>The current unit is finished; the next one becomes the current one.</summary>
    public void Complete(ModelUnit unit, double relativeError)
    {
        _done += efforts[_unit++];
        progress?.Report(new(unit.Layer, layerCount, unit.Layer >= 0, _done / _total, relativeError));
    }

    private int CurrentLayer => _unit >= 1 && _unit <= layerCount ? _unit - 1 : -1;
}
