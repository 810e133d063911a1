using System.Diagnostics;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Caching;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Makes a packed file from a checkpoint, unit by unit in file order: the embedding, each layer, the final norm with the head.</summary>
/// <remarks>
/// Matrices of a unit are quantized in parallel; the file has the same bytes for any number of threads. Memory stays below about what a layer takes in half precision plus its
/// packed form, or what one matrix takes, whichever is more. The file appears complete or not at all.
/// </remarks>
public sealed class QuantizationPipeline
{
    private readonly QuantizationSource _source;
    private readonly QuantizationOptions _options;
    private readonly INumericBackend _backend;

    /// <summary>Prepares a run.</summary>
    /// <exception cref="MoEQuantException">MOEQ3070: the options ask for a rotation that the model cannot have.</exception>
    public QuantizationPipeline(QuantizationSource source, QuantizationOptions options)
        : this(source, options, ManagedBackend.Instance)
    {
    }

    internal QuantizationPipeline(QuantizationSource source, QuantizationOptions options, INumericBackend backend)
    {
        RequireDevice(options, backend);
        _source = RotatedSource.For(source, options);
        _options = options;
        _backend = backend;
    }

    /// <summary>Tries out the packed file before it gets its name; or null.</summary>
    public IPackedModelReview? Review { get; init; }

    /// <summary>Runs.</summary>
    /// <param name="path">The packed file to make; an existing one is replaced at the end.</param>
    /// <param name="progress">Follows the run; or null.</param>
    /// <param name="cancellationToken">Ends the run within some milliseconds to seconds; nothing is left behind.</param>
    /// <exception cref="MoEQuantException">A weight cannot be quantized (MOEQ1049), the checkpoint is damaged, the file cannot be written (MOEQ502x), or the review refuses the model.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public QuantizationResult Run(string path, IQuantizationProgress? progress = null, CancellationToken cancellationToken = default)
    {
        QuantizationStatistics statistics = new();
        SegmentStore? store = OpenStore(statistics, progress, cancellationToken);
        using PackedAssembly file = new(path, _source.Plan, _source.Files, _source.Bytes, _options, statistics);
        IReadOnlyList<ModelUnit> units = ModelUnit.All(_source.Plan);
        UnitProgress follow = new(progress, units, _source.Plan.Layers.Count);
        RunWork work = new(_source, _options, _backend, store, units, cancellationToken);
        using SegmentMaker maker = new(work, store, progress);
        foreach (ModelUnit unit in units)
        {
            long start = Stopwatch.GetTimestamp();
            LayerSegment segment = maker.Get(unit, follow, cancellationToken);
            foreach (SegmentTensor tensor in segment.Tensors)
                file.Write(tensor);
            if (StarvedExperts.Describe(unit.Layer, segment.Statistics.Experts, _options.Calibration) is { } starved)
                progress?.Warn(new(CalibrationDiagnostics.ExpertStarved, starved));
            statistics.Add(unit, segment.Statistics, segment.Tensors.Select(tensor => tensor.Statistics), Stopwatch.GetElapsedTime(start).TotalSeconds, work.Phases);
            work.Phases.Clear();
            follow.Complete(unit, statistics.LayerError(unit.Layer));
        }

        if (maker.ReusedCount > 0)
            progress?.Inform($"{maker.ReusedCount} of {units.Count} parts came from the cache.");
        statistics.MeasureMemory();
        return file.Finish(Review, cancellationToken);
    }

    /// <summary>Cache and record go by the options: they must name what computes.</summary>
    internal static void RequireDevice(QuantizationOptions options, INumericBackend backend)
    {
        if (options.Device != backend.Device)
            throw new ArgumentException($"The options name the device {options.Device}; the arithmetic is that of {backend.Device}.", nameof(options));
    }

    private SegmentStore? OpenStore(QuantizationStatistics statistics, IQuantizationProgress? progress, CancellationToken cancellationToken)
    {
        if (_options.CacheFolder is null || _source.WeightFiles.Count == 0)
            return null;
        long start = Stopwatch.GetTimestamp();
        SegmentStore store = SegmentStore.Open(_options.CacheFolder, RunFingerprint.Compute(_source, _options, _backend, cancellationToken), $"{_options.Name} {_options.Scheme}", progress);
        statistics.AddPhase("fingerprint", Stopwatch.GetElapsedTime(start).TotalSeconds);
        return store;
    }
}
