namespace MoEQuant.Quantizer.Algorithms;

/// <summary>How groups of consecutive input channels of one row share a scale and a zero point.</summary>
/// <param name="Bits">3, 4 or 8.</param>
/// <param name="GroupSize">32, 64 or 128 columns; the last group of a row may be shorter.</param>
/// <param name="Symmetric">Without stored zero points: z = 2^(bits−1).</param>
internal readonly record struct GroupScheme(int Bits, int GroupSize, bool Symmetric = false)
{
    /// <summary>The largest code, 2^bits − 1.</summary>
    public int MaxCode => (1 << Bits) - 1;

    /// <summary>The zero point of a symmetric group.</summary>
    public int MiddleCode => 1 << (Bits - 1);

    /// <summary>Groups in one row of <paramref name="columns"/> columns.</summary>
    public int GroupCount(int columns) => (columns + GroupSize - 1) / GroupSize;
}
