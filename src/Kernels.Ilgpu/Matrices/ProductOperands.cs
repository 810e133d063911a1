namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What one product multiplies: one matrix (or one projection of all experts), or gate and up of a gated network, which have the same inputs.</summary>
/// <param name="First">The matrix, or the gate.</param>
/// <param name="Up">The up projection; null for a plain product.</param>
internal readonly record struct ProductOperands(PackedWeights First, PackedWeights? Up = null)
{
    /// <summary>1 or 2.</summary>
    public int Count => Up is null ? 1 : 2;

    /// <summary>The second matrix, or the first one again: a kernel's argument must be something.</summary>
    public PackedWeights Second => Up ?? First;

    /// <summary>The largest rank of a compensator.</summary>
    public int MaxRank => Math.Max(First.MaxRank, Second.MaxRank);

    /// <summary>Whether tensor cores know these codes and groups.</summary>
    public bool SuitTensorCores => First.SuitsTensorCores && Second.SuitsTensorCores;

    /// <summary>Numbers of the projections on compensators.</summary>
    /// <param name="slots">Results per matrix.</param>
    public long LatentLength(int slots) => (long)Count * MaxRank * slots;
}
