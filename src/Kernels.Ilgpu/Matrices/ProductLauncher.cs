using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts products whose arguments were checked and whose projections on compensators lie at the beginning of the working memory.</summary>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
internal abstract class ProductLauncher<TElement>
    where TElement : unmanaged
{
    /// <summary>Multiplies one matrix, or gate and up.</summary>
    public abstract void Multiply(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y);

    /// <summary>Multiplies the slots of a plan.</summary>
    public abstract void MultiplyExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y);
}
