namespace MoEQuant.Kernels;

/// <summary>The dimensions of one quantized low-rank factor, and the sizes that follow from them.</summary>
/// <remarks>
/// <para>
/// A compensated matrix is W ≈ Ŵ + U·V (MiLo, arXiv 2504.02658). V is stored as <see cref="Rank"/> rows of K inputs, U as
/// <see cref="Rank"/> rows of N outputs
/// (that is, transposed): both are a few rows of a long vector. Values are quantized symmetrically in groups of <see cref="GroupSize"/>
/// along the row.
/// </para>
/// <para>
/// Bytes: first the codes of all rows, row after row and group after group, <see cref="GroupBytes"/> each; then the scales, little-endian
/// IEEE half precision,
/// [rank, group]. With 8 bits every group is one cache line. The last group of a row is padded with code 0.
/// <list type="bullet">
/// <item>8 bits: 64 signed bytes −127..127; value = code · scale.</item>
/// <item>3 bits: 16 bytes of low bits (byte j, field c at bits 2c and 2c + 1, is index 16c + j), then 8 bytes of high bits (bit c of byte j
/// is index 8c + j);
/// value = (code − 3.5) · scale, so that all eight levels are used and lie evenly about zero.</item>
/// </list>
/// </para>
/// </remarks>
/// <param name="Rank">Rows, r, at least 1.</param>
/// <param name="Length">Values per row (K for V, N for U), at least 1.</param>
/// <param name="Bits">Bits of a code: 3 or 8.</param>
/// <exception cref="ArgumentOutOfRangeException">A dimension is outside its range.</exception>
public readonly record struct FactorShape(int Rank, int Length, int Bits)
{
    /// <summary>Values that share a scale.</summary>
    public const int GroupSize = 64;

    /// <summary>Rows, r.</summary>
    public int Rank { get; } = Require(Rank >= 1, Rank, nameof(Rank), "at least 1");

    /// <summary>Values per row: K for the input factor V, N for the output factor U.</summary>
    public int Length { get; } = Require(Length >= 1, Length, nameof(Length), "at least 1");

    /// <summary>Bits of a code: 3 or 8.</summary>
    public int Bits { get; } = Require(Bits is 3 or 8, Bits, nameof(Bits), "3 or 8");

    /// <summary>Groups per row, the last one possibly partial.</summary>
    public int GroupCount => (int)(((long)Length + GroupSize - 1) / GroupSize);

    /// <summary>Bytes of the codes of one group.</summary>
    public int GroupBytes => GroupSize / 8 * Bits;

    /// <summary>Bytes of the codes of one row.</summary>
    public long RowBytes => (long)GroupCount * GroupBytes;

    /// <summary>Offset of the scales: the bytes of all codes.</summary>
    public long ScaleOffset => Rank * RowBytes;

    /// <summary>Bytes of the factor: codes and scales.</summary>
    public long TotalBytes => ScaleOffset + (long)Rank * GroupCount * 2;

    private static int Require(bool condition, int value, string name, string expected) =>
        condition ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
}
