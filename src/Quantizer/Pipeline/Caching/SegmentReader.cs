using System.Runtime.InteropServices;
using System.Text.Json;
using MoEQuant.Quantizer.Pipeline.Segments;

namespace MoEQuant.Quantizer.Pipeline.Caching;

/// <summary>Reads a unit that <see cref="SegmentCodec"/> wrote: the head at once, the tensors one after the other, so that a copy holds one of them at a time.</summary>
internal sealed class SegmentReader
{
    private readonly Stream _stream;
    private readonly StoredSegment _stored;

    /// <summary>Reads the head.</summary>
    /// <param name="stream">A verified file, at the place where the unit begins.</param>
    /// <exception cref="InvalidDataException">There is no unit.</exception>
    /// <exception cref="JsonException">There is no unit.</exception>
    /// <exception cref="IOException">The file is too short, or cannot be read.</exception>
    public SegmentReader(Stream stream)
    {
        _stream = stream;
        _stored = JsonBlock.Read<StoredSegment>(stream) is { Statistics: not null, Tensors: not null } stored ? stored : throw new InvalidDataException();
    }

    /// <summary>What is known about the unit.</summary>
    public LayerStatistics Statistics => _stored.Statistics;

    /// <summary>What is known about its tensors, in file order.</summary>
    public IEnumerable<TensorStatistics> TensorStatistics => _stored.Tensors.Select(tensor => tensor.Statistics);

    /// <summary>The tensors in file order, each read when it is asked for. To be enumerated once.</summary>
    /// <exception cref="InvalidDataException">The head's lengths make no sense.</exception>
    /// <exception cref="IOException">The file is too short, or cannot be read.</exception>
    public IEnumerable<SegmentTensor> ReadTensors()
    {
        foreach (StoredTensor tensor in _stored.Tensors)
        {
            float[] values = MemoryMarshal.Cast<byte, float>(Read(checked(tensor.ValueCount * sizeof(float)))).ToArray();
            byte[][] weights = [.. tensor.WeightParts.Select(Read)];
            yield return SegmentTensor.Restore(tensor.Statistics, values, tensor.Record, weights, Read(tensor.InputBytes), Read(tensor.OutputBytes));
        }
    }

    private byte[] Read(int length) => JsonBlock.ReadBytes(_stream, length);
}
