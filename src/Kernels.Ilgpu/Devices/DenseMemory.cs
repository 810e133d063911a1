using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Matrices in single precision on an accelerator, one after the other. Narrower numbers are widened when they are uploaded, a piece at a time: only routers are stored like that in packed models.</summary>
internal sealed unsafe class DenseMemory : IDisposable
{
    private const int PieceLength = 1 << 16;

    private readonly MemoryBuffer1D<float, Stride1D.Dense> _memory;

    public DenseMemory(Accelerator accelerator, params IReadOnlyList<LinearOperand> matrices)
    {
        _memory = accelerator.Allocate1D<float>(SizeOf(matrices) / sizeof(float));
        try
        {
            long start = 0;
            foreach (LinearOperand matrix in matrices)
                start = Upload(matrix.Dense, start);
        }
        catch
        {
            _memory.Dispose();
            throw;
        }
    }

    public ArrayView<float> View => _memory.View;

    /// <summary>What matrices will occupy, in bytes.</summary>
    public static long SizeOf(params IReadOnlyList<LinearOperand> matrices) => matrices.Sum(matrix => (long)matrix.Rows * matrix.Columns * sizeof(float));

    public void Dispose() => _memory.Dispose();

    private long Upload(DenseMatrix matrix, long start)
    {
        long length = (long)matrix.Rows * matrix.Columns;
        float[] piece = new float[Math.Min(length, PieceLength)];
        for (long done = 0; done < length; done += piece.Length)
        {
            Span<float> numbers = piece.AsSpan(0, (int)Math.Min(piece.Length, length - done));
            Widen(new ReadOnlySpan<byte>(matrix.Data + (done * matrix.ElementBytes), numbers.Length * matrix.ElementBytes), matrix.Type, numbers);
            View.SubView(start + done, numbers.Length).CopyFromCPU(ref numbers[0], numbers.Length);
        }

        return start + length;
    }

    private static void Widen(ReadOnlySpan<byte> source, DenseType type, Span<float> numbers)
    {
        if (type == DenseType.F32)
        {
            source.CopyTo(MemoryMarshal.AsBytes(numbers));
            return;
        }

        for (int index = 0; index < numbers.Length; index++)
        {
            ushort bits = MemoryMarshal.Read<ushort>(source[(2 * index)..]);
            numbers[index] = type == DenseType.BF16 ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);
        }
    }
}
