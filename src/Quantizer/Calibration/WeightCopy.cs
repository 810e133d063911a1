using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>A matrix in native memory of its own, ready for kernels: packed exactly as the runtime will execute it, or plain floats.</summary>
internal sealed unsafe class WeightCopy : IDisposable
{
    private byte* _memory;

    private WeightCopy(long bytes) => _memory = (byte*)NativeMemory.AlignedAlloc((nuint)Math.Max(bytes, 1), 64);

    ~WeightCopy() => Free();

    /// <summary>The weights; valid until <see cref="Dispose"/>.</summary>
    public LinearWeights Weights { get; private set; } = null!;

    /// <summary>Copies a finished matrix.</summary>
    public static WeightCopy Of(SegmentTensor tensor)
    {
        if (tensor.Record is not { } record)
            return OfFloats(tensor.Values, tensor.Statistics.Rows, tensor.Statistics.Columns);
        WeightCopy copy = new(record.WeightBytes + tensor.InputFactor.Length + tensor.OutputFactor.Length);
        byte* end = copy._memory;
        foreach (byte[] part in tensor.Weights)
            end = Append(part, end);
        byte* input = end, output = Append(tensor.InputFactor, input);
        Append(tensor.OutputFactor, output);
        PackedMatrix matrix = new(copy._memory, new(record.Rows, record.Columns, record.Bits, record.GroupSize, record.Symmetric));
        InputTreatment treatment = InputTreatment.Of(record.Activations);
        copy.Weights = record.Rank == 0
            ? new PackedLinearWeights(matrix, default, default, 0, treatment)
            : new PackedLinearWeights(matrix, new(input, new(record.Rank, record.Columns, record.CompensatorBits)), new(output, new(record.Rank, record.Rows, record.CompensatorBits)), record.Rank, treatment);
        return copy;
    }

    /// <summary>Copies a matrix that a reader can give in rows only.</summary>
    public static WeightCopy Of(PlannedTensor tensor, ITensorReader reader)
    {
        WeightCopy copy = new(tensor.ElementCount * sizeof(float));
        for (int row = 0; row < tensor.Rows; row++)
            reader.ReadRows(tensor, row, 1, new Span<float>((float*)copy._memory + ((long)row * tensor.Columns), tensor.Columns));
        copy.Weights = new DenseWeights(new DenseMatrix(copy._memory, DenseType.F32, tensor.Rows, tensor.Columns));
        return copy;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private static WeightCopy OfFloats(float[] values, int rows, int columns)
    {
        WeightCopy copy = new((long)values.Length * sizeof(float));
        Append(MemoryMarshal.AsBytes(values.AsSpan()), copy._memory);
        copy.Weights = new DenseWeights(new DenseMatrix(copy._memory, DenseType.F32, rows, columns));
        return copy;
    }

    private static byte* Append(ReadOnlySpan<byte> bytes, byte* target)
    {
        bytes.CopyTo(new Span<byte>(target, bytes.Length));
        return target + bytes.Length;
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}
