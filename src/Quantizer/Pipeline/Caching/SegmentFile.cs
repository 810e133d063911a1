using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A finished unit as a file: length of the head, head (JSON), the tensors' bytes, and within <see cref="SealedFile"/> the SHA-256 of all that.</summary>
internal static class SegmentFile
{
    /// <summary>Writes a segment; the file appears complete or not at all.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ5020–5023: writing failed.</exception>
    public static void Write(string path, LayerSegment segment) => SealedFile.Write(path, stream =>
    {
        byte[] head = JsonSerializer.SerializeToUtf8Bytes(new StoredSegment(segment.Statistics, [.. segment.Tensors.Select(Describe)]));
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, head.Length);
        stream.Write(length);
        stream.Write(head);
        foreach (SegmentTensor tensor in segment.Tensors)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            foreach (byte[] part in tensor.Weights)
                stream.Write(part);
            stream.Write(tensor.InputFactor);
            stream.Write(tensor.OutputFactor);
        }
    });

    /// <summary>Reads a segment back; null where the file is missing or is not what was written.</summary>
    /// <param name="path">The file.</param>
    /// <param name="damaged">Whether there is a file that cannot be used.</param>
    public static LayerSegment? TryRead(string path, out bool damaged) => SealedFile.TryRead(path, stream =>
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        stream.ReadExactly(length);
        byte[] head = Read(stream, BinaryPrimitives.ReadInt32LittleEndian(length));
        StoredSegment stored = JsonSerializer.Deserialize<StoredSegment>(head) ?? throw new InvalidDataException();
        List<SegmentTensor> tensors = [];
        foreach (StoredTensor tensor in stored.Tensors)
        {
            float[] values = new float[tensor.ValueCount];
            stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
            byte[][] weights = [.. tensor.WeightParts.Select(part => Read(stream, part))];
            tensors.Add(SegmentTensor.Restore(tensor.Statistics, values, tensor.Record, weights, Read(stream, tensor.InputBytes), Read(stream, tensor.OutputBytes)));
        }

        return new LayerSegment(stored.Statistics, tensors);
    }, out damaged);

    private static StoredTensor Describe(SegmentTensor tensor) => new(
        tensor.Statistics, tensor.Record, tensor.Values.Length, [.. tensor.Weights.Select(part => part.Length)], tensor.InputFactor.Length, tensor.OutputFactor.Length);

    private static byte[] Read(Stream stream, int length)
    {
        byte[] bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
