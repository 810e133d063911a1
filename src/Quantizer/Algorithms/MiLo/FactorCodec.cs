using MoEQuant.Kernels;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>Packs the factors of a compensator and replaces them by what the packed bytes stand for.</summary>
internal static class FactorCodec
{
    /// <summary>Packs V [r, K].</summary>
    public static byte[] StoreInput(LowRankFactors factors, int bits)
    {
        FloatMatrix input = factors.Input;
        FactorShape shape = new(input.Rows, input.Columns, bits);
        float[] values = new float[checked(input.Rows * input.Columns)];
        for (int rank = 0; rank < input.Rows; rank++)
            input.Row(rank).CopyTo(values.AsSpan(rank * input.Columns));
        byte[] packed = Store(values, shape);
        for (int rank = 0; rank < input.Rows; rank++)
            values.AsSpan(rank * input.Columns, input.Columns).CopyTo(input.Row(rank));
        return packed;
    }

    /// <summary>Packs U [N, r], transposed.</summary>
    public static byte[] StoreOutput(LowRankFactors factors, int bits)
    {
        FloatMatrix output = factors.Output;
        FactorShape shape = new(output.Columns, output.Rows, bits);
        float[] values = new float[checked(output.Rows * output.Columns)];
        for (int row = 0; row < output.Rows; row++)
            for (int rank = 0; rank < output.Columns; rank++)
                values[rank * output.Rows + row] = output[row, rank];
        byte[] packed = Store(values, shape);
        for (int row = 0; row < output.Rows; row++)
            for (int rank = 0; rank < output.Columns; rank++)
                output[row, rank] = values[rank * output.Rows + row];
        return packed;
    }

    private static byte[] Store(float[] values, FactorShape shape)
    {
        byte[] packed = new byte[checked((int)shape.TotalBytes)];
        FactorPacker.Pack(values, shape, packed);
        FactorPacker.Unpack(packed, shape, values);
        return packed;
    }
}
