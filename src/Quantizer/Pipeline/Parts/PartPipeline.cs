using System.Diagnostics;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline.Caching;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Parts;

/// <summary>Makes one part of a packed file, on any machine and at any time: the units that are this part's, as a file for <see cref="PartMerge"/>.</summary>
/// <remarks>
/// The units of a part need those of others only with calibration, which is refused. The plan of bits and ranks is made for the whole model in every part, the same each time; the policies that look at
/// weights look at all of them. With a cache, the parts that share it also share the survey of a budget.
/// </remarks>
internal sealed class PartPipeline
{
    private readonly QuantizationSource _source;
    private readonly QuantizationOptions _options;
    private readonly PartNumber _part;
    private readonly INumericBackend _backend;
    private readonly IReadOnlyList<ModelUnit> _units;

    /// <summary>Prepares a part's run.</summary>
    /// <param name="source">The model; its weights are in files.</param>
    /// <param name="options">The options of the whole run.</param>
    /// <param name="part">Which part.</param>
    /// <param name="backend">The arithmetic, which the options name.</param>
    /// <exception cref="MoEQuantException">MOEQ3070; MOEQ3085: there are more parts than units; MOEQ3086: the run is calibrated.</exception>
    public PartPipeline(QuantizationSource source, QuantizationOptions options, PartNumber part, INumericBackend backend)
    {
        QuantizationPipeline.RequireDevice(options, backend);
        if (source.WeightFiles.Count == 0)
            throw new ArgumentException("Runs are told apart by their weight files, and there is none.", nameof(source));
        if (options.Calibration.Source != CalibrationSource.None)
            throw new MoEQuantException(PartDiagnostics.Calibrated, $"--part is {part} with --calibration: every layer is fitted to what the quantized layers before it send, so no part can begin before those before it have ended.");
        _units = PartDistribution.UnitsOf(source.Plan, part);
        _source = RotatedSource.For(source, options);
        (_options, _part, _backend) = (options, part, backend);
    }

    /// <summary>Runs.</summary>
    /// <param name="path">The part file to make; an existing one is replaced at the end.</param>
    /// <param name="progress">Follows the run; or null.</param>
    /// <param name="cancellationToken">Ends the run within some milliseconds to seconds; nothing is left behind but what is in the cache.</param>
    /// <exception cref="MoEQuantException">A weight cannot be quantized (MOEQ1049), the checkpoint is damaged, or the file cannot be written (MOEQ502x).</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public PartResult Run(string path, IQuantizationProgress? progress = null, CancellationToken cancellationToken = default)
    {
        QuantizationStatistics statistics = new();
        SealedFile.Write(path, stream => Write(stream, statistics, progress, cancellationToken));
        statistics.MeasureMemory();
        return new(path, _options.Name, _options.Scheme, _part, [.. _units.Select(unit => unit.Layer >= 0 ? $"layer {unit.Layer + 1}" : unit.Name)], new FileInfo(path).Length, statistics);
    }

    private void Write(Stream stream, QuantizationStatistics statistics, IQuantizationProgress? progress, CancellationToken cancellationToken)
    {
        string fingerprint = Timed(statistics, "fingerprint", () => RunFingerprint.Compute(_source, _options, _backend, cancellationToken));
        SegmentStore? store = _options.CacheFolder is { } folder ? SegmentStore.Open(folder, fingerprint, $"{_options.Name} {_options.Scheme}", progress) : null;
        PartEmbeddedFile[] files = _part.Number == 1 ? [.. _source.Files.Select(file => WriteFile(stream, file.Key, file.Value))] : [];
        UnitProgress follow = new(progress, _units, _source.Plan.Layers.Count);
        RunWork work = new(_source, _options, _backend, store, _units, cancellationToken);
        using SegmentMaker maker = new(work, store, progress);
        List<PartUnit> units = [];
        foreach (ModelUnit unit in _units)
        {
            long start = Stopwatch.GetTimestamp();
            LayerSegment segment = maker.Get(unit, follow, cancellationToken);
            units.Add(new(unit.Index, stream.Position));
            SegmentCodec.Write(stream, segment);
            statistics.Add(unit, segment.Statistics, segment.Tensors.Select(tensor => tensor.Statistics), Stopwatch.GetElapsedTime(start).TotalSeconds, work.Phases);
            work.Phases.Clear();
            follow.Complete(unit, statistics.LayerError(unit.Layer));
        }

        if (maker.ReusedCount > 0)
            progress?.Inform($"{maker.ReusedCount} of the {units.Count} pieces of part {_part} came from the cache.");
        PartFile.WriteHead(stream, new(PartHead.CurrentFormat, ToolVersion.Current, fingerprint, _part.Number, _part.Count, RunFingerprint.Relevant(_options) with { Name = _options.Name }, _source.Bytes, [.. units], files));
    }

    private static PartEmbeddedFile WriteFile(Stream stream, string name, byte[] content)
    {
        long offset = stream.Position;
        stream.Write(content);
        return new(name, offset, content.Length);
    }

    private static T Timed<T>(QuantizationStatistics statistics, string phase, Func<T> work)
    {
        long start = Stopwatch.GetTimestamp();
        T result = work();
        statistics.AddPhase(phase, Stopwatch.GetElapsedTime(start).TotalSeconds);
        return result;
    }
}
