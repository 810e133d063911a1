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

    /// <summary>Projects all tokens on the factors of one matrix or two, if there is any factor.</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">The matrices.</param>
    /// <param name="x">The tokens.</param>
    /// <param name="count">Tokens.</param>
    /// <param name="latent">Receives [matrices, tokens, largest rank].</param>
    public abstract void Project(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> latent);

    /// <summary>Projects every slot on the factors of its expert, if there is any factor.</summary>
    public abstract void ProjectExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> latent);
}
