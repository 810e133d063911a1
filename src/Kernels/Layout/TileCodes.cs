namespace MoEQuant.Kernels;

/// <summary>Reads and writes single codes of a block: the Tile16 layout in its plainest form. Packers and the scalar kernel go through
/// here.</summary>
/// <remarks>The layout is described at <see cref="PackedShape"/>. Bytes must be zero before <see cref="Write"/>, which only sets
/// bits.</remarks>
internal static class TileCodes
{
    /// <summary>The code of one row (0..15) and one column of the group (0..GroupSize − 1).</summary>
    public static int Read(ReadOnlySpan<byte> block, int bits, int row, int column)
    {
        int lane = row * 4 + column % 4;
        switch (bits)
        {
            case 3:
                ReadOnlySpan<byte> chunk = block[(column / 32 * 192)..];
                int low = chunk[column % 32 / 16 * 64 + lane] >> (column % 16 / 4 * 2) & 3;
                int high = chunk[128 + lane] >> (column % 32 / 4) & 1;
                return low | high << 2;
            case 4:
                return block[column / 8 * 64 + lane] >> (column % 8 / 4 * 4) & 15;
            default:
                return block[column / 4 * 64 + lane];
        }
    }

    /// <summary>Stores a code where <see cref="Read"/> finds it.</summary>
    public static void Write(Span<byte> block, int bits, int row, int column, int code)
    {
        int lane = row * 4 + column % 4;
        switch (bits)
        {
            case 3:
                Span<byte> chunk = block[(column / 32 * 192)..];
                chunk[column % 32 / 16 * 64 + lane] |= (byte)((code & 3) << (column % 16 / 4 * 2));
                chunk[128 + lane] |= (byte)(code >> 2 << (column % 32 / 4));
                break;
            case 4:
                block[column / 8 * 64 + lane] |= (byte)(code << (column % 8 / 4 * 4));
                break;
            default:
                block[column / 4 * 64 + lane] = (byte)code;
                break;
        }
    }
}
