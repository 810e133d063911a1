using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A finished unit as a file: what <see cref="SegmentCodec"/> writes, within <see cref="SealedFile"/>.</summary>
internal static class SegmentFile
{
    /// <summary>Writes a segment; the file appears complete or not at all.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ5020–5023: writing failed.</exception>
    public static void Write(string path, LayerSegment segment) => SealedFile.Write(path, stream => SegmentCodec.Write(stream, segment));

    /// <summary>Reads a segment back; null where the file is missing or is not what was written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="damaged">Whether there is a file that cannot be used.</param>
    public static LayerSegment? TryRead(string path, out bool damaged) => SealedFile.TryRead(path, stream =>
    {
        SegmentReader reader = new(stream);
        return new LayerSegment(reader.Statistics, [.. reader.ReadTensors()]);
    }, out damaged);
}
