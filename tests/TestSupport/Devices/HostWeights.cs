using MoEQuant.Kernels;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>A linear layer's weights, unpacked, compensator included: W = Ŵ + U · V. Products are summed in double precision.</summary>
internal sealed unsafe class HostWeights
{
    private readonly float[] _weights;
    private readonly int _columns;

    public HostWeights(in LinearOperand source)
    {
        _columns = source.Columns;
        _weights = new float[checked(source.Rows * source.Columns)];
        if (source.IsPacked)
            Unpack(source);
        else
            Widen(source.Dense);
    }

    public static long Bytes(in LinearOperand source) => source.IsPacked
        ? source.Packed.Shape.TotalBytes + (source.Rank == 0 ? 0 : source.InputFactor.Shape.TotalBytes + source.OutputFactor.Shape.TotalBytes)
        : (long)source.Rows * source.Columns * source.Dense.ElementBytes;

    /// <summary>One row of W.</summary>
    public Span<float> Row(int row) => _weights.AsSpan(row * _columns, _columns);

    /// <summary>One token's product.</summary>
    public void Multiply(ReadOnlySpan<float> input, Span<float> output)
    {
        for (int row = 0; row < output.Length; row++)
        {
            Span<float> weights = Row(row);
            double sum = 0;
            for (int column = 0; column < weights.Length; column++)
                sum += (double)weights[column] * input[column];
            output[row] = (float)sum;
        }
    }

    private void Unpack(in LinearOperand source)
    {
        PackedShape whole = source.Packed.Shape;
        for (int row = 0; row < whole.Rows; row++)
        {
            // A tile at a time: a span is shorter than a large matrix.
            int tile = row / PackedShape.TileRows;
            PackedShape shape = new(Math.Min(PackedShape.TileRows, whole.Rows - (tile * PackedShape.TileRows)), whole.Columns, whole.Bits, whole.GroupSize, whole.Symmetric);
            MatrixPacker.DequantizeRow(new ReadOnlySpan<byte>(source.Packed.Data + (tile * shape.TileBytes), (int)shape.TileBytes), shape, row % PackedShape.TileRows, Row(row));
        }

        if (source.Rank == 0)
            return;
        float[] input = Unpack(source.InputFactor), output = Unpack(source.OutputFactor);
        for (int row = 0; row < whole.Rows; row++)
        {
            for (int column = 0; column < _columns; column++)
            {
                double sum = 0;
                for (int rank = 0; rank < source.Rank; rank++)
                    sum += (double)output[(rank * whole.Rows) + row] * input[(rank * _columns) + column];
                Row(row)[column] += (float)sum;
            }
        }
    }

    private void Widen(DenseMatrix source)
    {
        for (int i = 0; i < _weights.Length; i++)
        {
            _weights[i] = source.Type switch
            {
                DenseType.F32 => ((float*)source.Data)[i],
                DenseType.BF16 => BitConverter.UInt32BitsToSingle((uint)((ushort*)source.Data)[i] << 16),
                _ => (float)((Half*)source.Data)[i],
            };
        }
    }

    private static float[] Unpack(LowRankFactor factor)
    {
        var values = new float[factor.Shape.Rank * factor.Shape.Length];
        FactorPacker.Unpack(new ReadOnlySpan<byte>(factor.Data, (int)factor.Shape.TotalBytes), factor.Shape, values);
        return values;
    }
}
