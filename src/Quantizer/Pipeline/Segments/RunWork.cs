using System.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>What a run works with, each made when it is first needed: a run whose parts are all in the cache needs neither plan nor calibration.</summary>
internal sealed class RunWork
{
    private readonly QuantizationSource _source;
    private readonly QuantizationOptions _options;
    private readonly INumericBackend _backend;
    private readonly CancellationToken _cancellationToken;
    private readonly Lazy<CalibrationData?> _data;
    private readonly Lazy<QuantizationPlan> _plan;
    private readonly Lazy<UnitQuantizer> _units;

    /// <param name="source">The model.</param>
    /// <param name="options">What the user decided.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Ends the making of data and plan.</param>
    public RunWork(QuantizationSource source, QuantizationOptions options, INumericBackend backend, CancellationToken cancellationToken)
    {
        (_source, _options, _backend, _cancellationToken) = (source, options, backend, cancellationToken);
        _data = new(() => Timed("calibration text", () => CalibrationDataFactory.Create(source, options.Calibration, options.ThreadCount, cancellationToken)));
        _plan = new(() =>
        {
            CalibrationData? data = _data.Value;
            return Timed("planning", () => QuantizationPlanner.Plan(source, options, data, backend, cancellationToken));
        });
        _units = new(() => new(source.Weights, _plan.Value, backend, options.ThreadCount));
    }

    /// <summary>How long data and plan took, since they were last taken away.</summary>
    public List<PhaseStatistics> Phases { get; } = [];

    /// <summary>Quantizes what is no layer.</summary>
    public UnitQuantizer Units => _units.Value;

    /// <summary>Makes the layers' quantizer behind the embedding: calibration starts from it as it is stored.</summary>
    public ILayerQuantizer CreateLayers(SegmentTensor embedding) => _data.Value is not { } data
        ? new FreeLayerQuantizer(_source.Plan, Units)
        : new CalibratedLayerQuantizer(
            new(_source.Weights, _source.Config, _source.Plan, _plan.Value, data, _options, _backend), embedding);

    private T Timed<T>(string phase, Func<T> make)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        T made = make();
        Phases.Add(new(phase, Stopwatch.GetElapsedTime(start).TotalSeconds));
        return made;
    }
}
