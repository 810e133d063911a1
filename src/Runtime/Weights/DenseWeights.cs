using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Runtime.Weights;

/// <summary>Unquantized weights, row-major F32, BF16 or F16, read where they lie.</summary>
public sealed unsafe class DenseWeights : LinearWeights
{
    private readonly DenseMatrix _matrix;

    /// <summary>Wraps a matrix; the memory stays the caller's and must outlive this object.</summary>
    public DenseWeights(DenseMatrix matrix)
        : base(matrix.Rows, matrix.Columns) => _matrix = matrix;

    internal override LinearOperand Operand => new(_matrix);

    /// <inheritdoc/>
    public override void Multiply(MatrixKernel kernel, in LinearInput x, float* latent, int firstTile, int endTile, float* y, nint yStride) =>
        kernel.Multiply(_matrix, x.Values, firstTile, endTile, y, yStride);

    /// <inheritdoc/>
    public override void ReadRow(int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, OutFeatures);
        byte* data = (byte*)_matrix.Data + ((long)row * InFeatures * _matrix.ElementBytes);
        if (_matrix.Type == DenseType.F32)
        {
            new ReadOnlySpan<byte>(data, InFeatures * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(destination));
            return;
        }

        for (int i = 0; i < InFeatures; i++)
        {
            // Tensors of a mapped checkpoint need not be aligned to their element size.
            ushort bits = Unsafe.ReadUnaligned<ushort>(data + (i * sizeof(ushort)));
            destination[i] = _matrix.Type == DenseType.BF16 ? BitConverter.UInt32BitsToSingle((uint)bits << 16) : (float)BitConverter.UInt16BitsToHalf(bits);
        }
    }
}
