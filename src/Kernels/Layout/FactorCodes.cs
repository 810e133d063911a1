namespace MoEQuant.Kernels;

/// <summary>Reads and writes single values of a factor's group of 64: the layout of <see cref="FactorShape"/> in its plainest
/// form.</summary>
internal static class FactorCodes
{
    /// <summary>The middle of the eight levels of 3-bit codes; level distances are 1, so values are ±0.5, ±1.5, ±2.5 and ±3.5 times the
    /// scale.</summary>
    public const float Centre3 = 3.5f;

    /// <summary>The value of one index (0..63) in units of the scale.</summary>
    public static float Read(ReadOnlySpan<byte> group, int bits, int index)
    {
        if (bits == 8)
            return (sbyte)group[index];
        int low = group[index % 16] >> (index / 16 * 2) & 3;
        int high = group[16 + index % 8] >> (index / 8) & 1;
        return (low | high << 2) - Centre3;
    }

    /// <summary>Stores a code: −127..127 with 8 bits, 0..7 with 3. The bytes must be zero before.</summary>
    public static void Write(Span<byte> group, int bits, int index, int code)
    {
        if (bits == 8)
        {
            group[index] = (byte)(sbyte)code;
            return;
        }
        group[index % 16] |= (byte)((code & 3) << (index / 16 * 2));
        group[16 + index % 8] |= (byte)(code >> 2 << (index / 8));
    }
}
