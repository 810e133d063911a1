using System.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Caching;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Plan;

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
    /// <param name="store">The cache, which keeps what planning measures; or null.</param>
    /// <param name="units">The units that the run is going to make.</param>
    /// <param name="cancellationToken">Ends the making of data and plan.</param>
    public RunWork(QuantizationSource source, QuantizationOptions options, INumericBackend backend, SegmentStore? store, IReadOnlyList<ModelUnit> units, CancellationToken cancellationToken)
    {
        (_source, _options, _backend, _cancellationToken) = (source, options, backend, cancellationToken);
        _data = new(() => Timed("calibration text", () => CalibrationDataFactory.Create(source, options.Calibration, options.ThreadCount, cancellationToken)));
        _plan = new(() => store?.TryReadPlan(options, Linear(source)) ?? MakePlan(store, [.. units.Where(unit => unit.Layer >= 0).Select(unit => unit.Layer)]));
        _units = new(() => new(source.Weights, _plan.Value, backend, options.ThreadCount));
    }

    /// <summary>How long data and plan took, since they were last taken away.</summary>
    public List<PhaseStatistics> Phases { get; } = [];

    /// <summary>Quantizes what is no layer.</summary>
    public UnitQuantizer Units => _units.Value;

    /// <summary>Makes the layers' quantizer.</summary>
    /// <param name="embedding">The embedding as it is stored, from which calibration starts; null where a run without calibration does not make it.</param>
    public ILayerQuantizer CreateLayers(SegmentTensor? embedding) => _data.Value is not { } data
        ? new FreeLayerQuantizer(_source.Plan, Units)
        : new CalibratedLayerQuantizer(
            new(_source.Weights, _source.Config, _source.Plan, _plan.Value, data, _options, _backend), embedding ?? throw new InvalidOperationException("Calibrated layers are made behind the embedding."));

    private QuantizationPlan MakePlan(SegmentStore? store, IReadOnlyList<int> ownLayers)
    {
        CalibrationData? data = _data.Value;
        QuantizationPlan plan = Timed("planning", () => QuantizationPlanner.Plan(_source, _options, data, _backend, _cancellationToken, store, ownLayers));
        // Uniform ranks follow from the options; all other plans are made of measurements.
        if (_options.RankPolicy != RankPolicy.Uniform)
            store?.WritePlan(plan);
        return plan;
    }

    private static IEnumerable<string> Linear(QuantizationSource source) =>
        source.Plan.Tensors.Where(tensor => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear).Select(tensor => tensor.Name);

    private T Timed<T>(string phase, Func<T> make)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        T made = make();
        Phases.Add(new(phase, Stopwatch.GetElapsedTime(start).TotalSeconds));
        return made;
    }
}
