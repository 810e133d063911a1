namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>Settings of the compensated quantization loop.</summary>
/// <param name="Rank">Rank of the compensator; 0 is plain group quantization. Larger than min(N, K) is an error of the caller.</param>
/// <param name="CompensatorBits">8 or 3: how the factors are stored.</param>
internal sealed record MiLoOptions(int Rank, int CompensatorBits)
{
    /// <summary>Iterations at most (20 in the paper).</summary>
    public int MaxIterations { get; init; } = 20;

    /// <summary>Iterations over which progress is judged.</summary>
    public int Window { get; init; } = 3;

    /// <summary>The loop stops when the best error fell by less than this fraction over a window.</summary>
    public double Tolerance { get; init; } = 2e-3;

    /// <summary>Seed of the subspace iteration's start.</summary>
    public ulong Seed { get; init; } = 0x4D694C6F;
}
