using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Projects tokens on the input factors of compensators: latent = V x, for <see cref="PackedProduct{TElement}"/> to expand.</summary>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
internal abstract class FactorProjection<TElement>
    where TElement : unmanaged
{
    /// <summary>Tokens that a thread group projects one after the other.</summary>
    protected const int TokensPerItem = 4;

    /// <summary>Projects all tokens on one matrix's factor.</summary>
    public abstract void Project(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> latent);

    /// <summary>Projects every slot on the factor of its expert.</summary>
    public abstract void ProjectExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> latent);
}
