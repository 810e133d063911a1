using System.Runtime.InteropServices;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>A finished unit as bytes: its head in JSON, and the tensors' bytes in its order. <see cref="SegmentReader"/> reads it back.</summary>
internal static class SegmentCodec
{
    /// <summary>Writes a unit.</summary>
    public static void Write(Stream stream, LayerSegment segment)
    {
        JsonBlock.Write(stream, new StoredSegment(segment.Statistics, [.. segment.Tensors.Select(Describe)]));
        foreach (SegmentTensor tensor in segment.Tensors)
        {
            stream.Write(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
            foreach (byte[] part in tensor.Weights)
                stream.Write(part);
            stream.Write(tensor.InputFactor);
            stream.Write(tensor.OutputFactor);
        }
    }

    private static StoredTensor Describe(SegmentTensor tensor) => new(
        tensor.Statistics, tensor.Record, tensor.Values.Length, [.. tensor.Weights.Select(part => part.Length)], tensor.InputFactor.Length, tensor.OutputFactor.Length);
}
