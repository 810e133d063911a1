namespace MoEQuant.Kernels.Tests;

/// <summary>Reads packed bytes by arithmetic of its own, written from the description of the layout and not from the product's
/// code.</summary>
internal static class LayoutOracle
{
    /// <summary>Bytes of one tile and group.</summary>
    public static int BlockBytes(int bits, int groupSize, bool symmetric) => 16 * groupSize * bits / 8 + (symmetric ? 32 : 64);

    /// <summary>The code of one element, collected bit by bit.</summary>
    public static int Code(byte[] packed, int columns, int bits, int groupSize, bool symmetric, int row, int column)
    {
        long block = BlockStart(columns, bits, groupSize, symmetric, row, column);
        int k = column % groupSize;
        int code = 0;
        for (int bit = 0; bit < bits; bit++)
        {
            (int vector, int field) = bits switch
            {
                3 when bit < 2 => (k / 32 * 3 + k % 32 / 16, k % 16 / 4 * 2 + bit),
                3 => (k / 32 * 3 + 2, k % 32 / 4),
                4 => (k / 8, k % 8 / 4 * 4 + bit),
                _ => (k / 4, bit),
            };
            int value = packed[block + vector * 64 + row % 16 * 4 + k % 4];
            code += ((value >> field) & 1) << bit;
        }
        return code;
    }

    public static double Scale(byte[] packed, int columns, int bits, int groupSize, bool symmetric, int row, int column) =>
        HalfAt(packed, BlockStart(columns, bits, groupSize, symmetric, row, column) + 2 * groupSize * bits + row % 16 * 2);

    public static double ZeroPoint(byte[] packed, int columns, int bits, int groupSize, bool symmetric, int row, int column) =>
        symmetric ? Math.Pow(2, bits - 1) : HalfAt(packed, BlockStart(columns, bits, groupSize, symmetric, row, column) + 2 * groupSize * bits + 32 + row % 16 * 2);

    /// <summary>The value of a factor at [row, index].</summary>
    public static double Factor(byte[] packed, int rank, int length, int bits, int row, int index)
    {
        int groups = (length + 63) / 64, groupBytes = 8 * bits;
        int start = (row * groups + index / 64) * groupBytes, i = index % 64;
        double scale = HalfAt(packed, (long)rank * groups * groupBytes + (row * groups + index / 64) * 2);
        if (bits == 8)
            return scale * (packed[start + i] < 128 ? packed[start + i] : packed[start + i] - 256);
        int code = 0;
        code += (packed[start + i % 16] >> (2 * (i / 16))) % 4;
        code += 4 * ((packed[start + 16 + i % 8] >> (i / 8)) % 2);
        return scale * (code - 3.5);
    }

    /// <summary>Decodes IEEE half precision from sign, exponent and fraction.</summary>
    public static double Half(int bits)
    {
        int exponent = bits >> 10 & 31, fraction = bits & 1023;
        double magnitude = exponent switch
        {
            0 => fraction * Math.Pow(2, -24),
            31 => fraction == 0 ? double.PositiveInfinity : double.NaN,
            _ => (1024 + fraction) * Math.Pow(2, exponent - 25),
        };
        return (bits & 0x8000) != 0 ? -magnitude : magnitude;
    }

    private static double HalfAt(byte[] packed, long offset) => Half(packed[offset] | packed[offset + 1] << 8);

    private static long BlockStart(int columns, int bits, int groupSize, bool symmetric, int row, int column)
    {
        long groups = (columns + groupSize - 1) / groupSize;
        return (row / 16 * groups + column / groupSize) * BlockBytes(bits, groupSize, symmetric);
    }
}
