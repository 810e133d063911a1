namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Turns the progress of one unit after the other into that of the run.</summary>
/// <param name="progress">Follows the run; or null.</param>
/// <param name="units">The units that the run goes through.</param>
/// <param name="layerCount">Layers of the model.</param>
internal sealed class UnitProgress(IQuantizationProgress? progress, IReadOnlyList<ModelUnit> units, int layerCount) : IProgress<double>
{
    private readonly long[] _efforts = [.. units.Select(unit => unit.Effort)];
    private int _unit;
    private long _done;

    /// <summary>Takes the share of the current unit that is done.</summary>
    public void Report(double value) => progress?.Report(new(CurrentLayer, layerCount, false, Math.Min((_done + _efforts[_unit] * value) / (double)Total, 1), 0));

    /// <summary>The current unit is finished; the next one becomes the current one.</summary>
    public void Complete(ModelUnit unit, double relativeError)
    {
        _done += _efforts[_unit++];
        progress?.Report(new(unit.Layer, layerCount, unit.Layer >= 0, _done / (double)Total, relativeError));
    }

    private long Total => Math.Max(_efforts.Sum(), 1);

    private int CurrentLayer => _unit < units.Count ? units[_unit].Layer : -1;
}
