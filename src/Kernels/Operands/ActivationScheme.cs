namespace MoEQuant.Kernels;

/// <summary>How activations are quantized while a model runs: dynamically, from the values of the token at hand.</summary>
/// <remarks>
/// <para>
/// Let lo ≤ 0 ≤ hi be the smallest and largest of a group's values and 0, c the clip ratio. Eight bits are symmetric: s = c · max(hi, −lo) / 127,
/// q = round(x / s) within −127..127. Four bits are asymmetric: s = c · (hi − lo) / 15, integer zero point z = round(−c · lo / s), and the
/// code, round(x / s) + z within 0..15, is stored without its zero point, so that all kernels compute x ≈ q · s. Rounding is half to even.
/// A clip ratio below 1 gives up the few largest values for finer steps (EAQuant, arXiv 2506.13329, uses 0.9 with four bits and one scale per token).
/// </para>
/// <para>Since lo and hi enclose 0, zero is always represented exactly, padding included.</para>
/// </remarks>
/// <param name="Bits">Bits of a code: 4 or 8.</param>
/// <param name="GroupSize">Columns that share a scale: 32, 64 or 128; 0 for one scale per token.</param>
/// <param name="ClipRatio">The part of the range that is represented, above 0 up to 1.</param>
/// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
public readonly record struct ActivationScheme(int Bits, int GroupSize, float ClipRatio = 1)
{
    /// <summary>Bits of a code: 4 or 8.</summary>
    public int Bits { get; } = Bits is 4 or 8 ? Bits : throw new ArgumentOutOfRangeException(nameof(Bits), Bits, "Expected 4 or 8.");

    /// <summary>Columns that share a scale: 32, 64 or 128; 0 for one scale per token.</summary>
    public int GroupSize { get; } = GroupSize is 0 or 32 or 64 or 128
        ? GroupSize
        : throw new ArgumentOutOfRangeException(nameof(GroupSize), GroupSize, "Expected 32, 64, 128 or 0.");

    /// <summary>The part of the range that is represented, above 0 up to 1.</summary>
    public float ClipRatio { get; } = ClipRatio is > 0 and <= 1
        ? ClipRatio
        : throw new ArgumentOutOfRangeException(nameof(ClipRatio), ClipRatio, "Expected a number above 0 up to 1.");

    /// <summary>Whether a matrix with groups of so many columns can be multiplied: its groups must not straddle two scales.</summary>
    /// <param name="weightGroupSize">Columns that share a scale in the matrix.</param>
    public bool Serves(int weightGroupSize) => GroupSize == 0 || GroupSize % weightGroupSize == 0;
}
