namespace MoEQuant.Kernels;

/// <summary>What a compensator adds to a product: the expansion U · latent of tokens that were projected on its ranks (MiLo, arXiv 2504.02658). <c>default</c> adds nothing.</summary>
/// <param name="factor">The output factor U, transposed [r, N].</param>
/// <param name="latent">The projected tokens [T, r].</param>
/// <param name="latentStride">Distance of two tokens' projections in values, at least r when there are several tokens.</param>
public readonly unsafe struct LowRankExpansion(LowRankFactor factor, float* latent, nint latentStride)
{
    /// <summary>The output factor U, transposed [r, N].</summary>
    public LowRankFactor Factor { get; } = factor;

    /// <summary>The projected tokens [T, r].</summary>
    public float* Latent { get; } = latent;

    /// <summary>Distance of two tokens' projections in values.</summary>
    public nint LatentStride { get; } = latentStride;

    /// <summary>Whether there is nothing to add.</summary>
    public bool IsNone => Factor.Data is null;
}
