using System.Globalization;
using System.Text;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>The finished units of one run in a cache folder: <c>FOLDER/FINGERPRINT/unit-0003.segment</c>, the plan, <c>matrices.plan</c>, what planning measured of a layer, <c>layer-0003.survey</c>, and the state in front of the next layer, <c>before-0003.state</c>.</summary>
/// <remarks>
/// Every file appears complete or not at all, holds the same bytes whoever writes it, and is verified when it is read. So processes and machines may share a folder without locks: at worst
/// something is made twice. A folder that cannot be written, or is full, costs a warning and never the run; what it holds is used all the same.
/// </remarks>
internal sealed class SegmentStore : ISurveyStore
{
    /// <summary>How the files of finished units end.</summary>
    public const string Extension = ".segment";

    // No file takes a day to write, whatever the clocks of the machines that share a folder say.
    private static readonly TimeSpan Abandoned = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly string _title;
    private readonly IQuantizationProgress? _progress;
    private bool _isWritable = true;

    private SegmentStore(string folder, string title, IQuantizationProgress? progress)
    {
        _folder = folder;
        _title = title;
        _progress = progress;
    }

    /// <summary>Opens the place of a run, making it where it is missing.</summary>
    /// <param name="cacheFolder">The folder of <c>--cache</c>.</param>
    /// <param name="fingerprint">The run's fingerprint.</param>
    /// <param name="title">What the run is, for those who look at the cache.</param>
    /// <param name="progress">Hears once, by a warning with MOEQ3080, that nothing can be kept; or null.</param>
    public static SegmentStore Open(string cacheFolder, string fingerprint, string title, IQuantizationProgress? progress)
    {
        SegmentStore store = new(Path.Combine(cacheFolder, fingerprint), title, progress);
        store.Write(store.DeleteAbandoned);
        return store;
    }

    /// <summary>A unit that an earlier run finished, or null.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="damaged">Whether there is a file that cannot be used.</param>
    public LayerSegment? TryRead(ModelUnit unit, out bool damaged)
    {
        LayerSegment? segment = SegmentFile.TryRead(UnitPath(unit.Index), out damaged);
        if (segment is null || segment.Tensors.Select(tensor => tensor.Statistics.Name).SequenceEqual(unit.Tensors.Select(tensor => tensor.Name)))
            return segment;
        damaged = true;
        return null;
    }

    /// <summary>Whether a unit seems to be there; reading it may still find it damaged.</summary>
    public bool Contains(ModelUnit unit) => File.Exists(UnitPath(unit.Index));

    /// <summary>Keeps a unit.</summary>
    public void Write(ModelUnit unit, LayerSegment segment) => Write(() => SegmentFile.Write(UnitPath(unit.Index), segment));

    /// <summary>The plan that an earlier run made, or null.</summary>
    /// <param name="options">The options of the run.</param>
    /// <param name="matrices">The names of the linear matrices.</param>
    public QuantizationPlan? TryReadPlan(QuantizationOptions options, IEnumerable<string> matrices)
    {
        Dictionary<string, MatrixTreatment>? linear = SealedFile.TryRead(PlanPath, JsonBlock.Read<Dictionary<string, MatrixTreatment>>, out _);
        return linear is not null && matrices.ToHashSet().SetEquals(linear.Keys) ? new(options, linear) : null;
    }

    /// <summary>Keeps the plan, which can take longer to make than a layer.</summary>
    public void WritePlan(QuantizationPlan plan) => Write(() => SealedFile.Write(PlanPath, stream => JsonBlock.Write(stream, plan.Linear)));

    /// <inheritdoc/>
    public IReadOnlyList<StoredChoices>? TryReadSurvey(int layer) => SealedFile.TryRead(SurveyPath(layer), JsonBlock.Read<StoredChoices[]>, out _);

    /// <inheritdoc/>
    public void WriteSurvey(int layer, IReadOnlyList<StoredChoices> choices) => Write(() => SealedFile.Write(SurveyPath(layer), stream => JsonBlock.Write(stream, choices)));

    /// <summary>Keeps the state in front of a layer and forgets that of the layer before.</summary>
    public void WriteState(int layer, ILayerQuantizer quantizer) => Write(() =>
    {
        SealedFile.Write(StatePath(layer), quantizer.SaveState);
        DeleteState(layer - 1);
    });

    /// <summary>Restores the last state that stands in front of a layer or before it, but behind another one; returns the layer it stands in front of, or null.</summary>
    public int? RestoreState(int layer, int behind, ILayerQuantizer quantizer)
    {
        for (int candidate = layer; candidate > behind; candidate--)
        {
            int next = candidate;
            ILayerQuantizer? restored = SealedFile.TryRead(StatePath(next), stream =>
            {
                quantizer.RestoreState(next, stream);
                return quantizer;
            }, out _);
            if (restored is not null)
                return next;
        }

        return null;
    }

    /// <summary>Forgets the state in front of a layer.</summary>
    public void DeleteState(int layer)
    {
        try
        {
            File.Delete(StatePath(layer));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // Another process reads it: it stays, and costs nothing but room.
        }
    }

    // After the first failure nothing is tried any more: a full disk would make every layer wait for the same answer.
    private void Write(Action action)
    {
        if (!_isWritable)
            return;
        try
        {
            MakeFolder();
            action();
        }
        catch (Exception cause) when (cause is MoEQuantException or IOException or UnauthorizedAccessException or NotSupportedException)
        {
            _isWritable = false;
            string reason = cause is MoEQuantException coded ? coded.Found : DiagnosticText.Sentence(cause.Message);
            _progress?.Warn(new(CacheDiagnostics.CacheUnusable, $"{reason} The run goes on and keeps no more finished layers.", Path.GetDirectoryName(_folder), cause));
        }
    }

    // Before each file, because another process may clear the cache. Who only reads a complete entry needs no right to write.
    private void MakeFolder()
    {
        Directory.CreateDirectory(_folder);
        FileInfo title = new(Path.Combine(_folder, CacheFolder.TitleFile));
        if (title is { Exists: true, Length: > 0 })
            return;
        // Atomic like all else: the parts of a divided run come here at the same moment.
        using OutputFile file = new(title.FullName);
        file.Write(Encoding.UTF8.GetBytes(_title));
        file.Commit(file.Position);
    }

    // A process that was killed leaves its temporary file; nobody else would ever remove it.
    private void DeleteAbandoned()
    {
        foreach (string file in Directory.GetFiles(_folder, "*.tmp").Where(file => File.GetLastWriteTimeUtc(file) < DateTime.UtcNow - Abandoned))
            File.Delete(file);
    }

    private string PlanPath => Path.Combine(_folder, "matrices.plan");

    private string UnitPath(int index) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"unit-{index:D4}{Extension}"));

    private string SurveyPath(int layer) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"layer-{layer:D4}.survey"));

    private string StatePath(int layer) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"before-{layer:D4}.state"));
}
