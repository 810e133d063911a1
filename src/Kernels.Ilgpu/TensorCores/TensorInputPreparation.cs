using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Fills <see cref="TensorInputs"/>.</summary>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
internal abstract class TensorInputPreparation<TElement>
    where TElement : unmanaged
{
    /// <summary>Rounds inputs to half precision.</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">The matrices of the product.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="slots">The product's results per matrix.</param>
    /// <param name="rows">Rows of the inputs.</param>
    /// <param name="work">The product's working memory.</param>
    public abstract TensorInputs Prepare(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int slots, int rows, ArrayView<float> work);
}
