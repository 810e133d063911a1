using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>The finished units of one run in a cache folder: <c>FOLDER/FINGERPRINT/unit-0003.segment</c>, and the state in front of the next layer, <c>before-0003.state</c>.</summary>
/// <remarks>
/// Every file appears complete or not at all, holds the same bytes whoever writes it, and is verified when it is read. So processes and machines may share a folder without locks: at worst
/// something is made twice.
/// </remarks>
internal sealed class SegmentStore
{
    /// <summary>How the files of finished units end.</summary>
    public const string Extension = ".segment";

    private readonly string _folder;

    private SegmentStore(string folder) => _folder = folder;

    /// <summary>Opens the place of a run, making it where it is missing.</summary>
    /// <param name="cacheFolder">The folder of <c>--cache</c>.</param>
    /// <param name="fingerprint">The run's fingerprint.</param>
    /// <param name="title">What the run is, for those who look at the cache.</param>
    /// <exception cref="MoEQuantException">MOEQ3080: the folder cannot be made.</exception>
    public static SegmentStore Open(string cacheFolder, string fingerprint, string title)
    {
        try
        {
            string folder = Directory.CreateDirectory(Path.Combine(cacheFolder, fingerprint)).FullName;
            File.WriteAllText(Path.Combine(folder, CacheFolder.TitleFile), title);
            return new(folder);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new MoEQuantException(CacheDiagnostics.CacheUnusable, DiagnosticText.Sentence(cause.Message), cacheFolder, cause);
        }
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
    /// <exception cref="MoEQuantException">MOEQ5020–5023: writing failed.</exception>
    public void Write(ModelUnit unit, LayerSegment segment) => SegmentFile.Write(UnitPath(unit.Index), segment);

    /// <summary>Keeps the state in front of a layer and forgets that of the layer before.</summary>
    public void WriteState(int layer, ILayerQuantizer quantizer)
    {
        SealedFile.Write(StatePath(layer), quantizer.SaveState);
        DeleteState(layer - 1);
    }

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

    private string UnitPath(int index) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"unit-{index:D4}{Extension}"));

    private string StatePath(int layer) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"before-{layer:D4}.state"));
}
