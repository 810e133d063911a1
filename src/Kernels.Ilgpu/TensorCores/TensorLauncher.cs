using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts products on tensor cores.</summary>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
internal abstract class TensorLauncher<TElement>
    where TElement : unmanaged
{
    /// <summary>Multiplies one matrix; the compensators' projections lie at the beginning of the working memory.</summary>
    public abstract void Multiply(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y);

    /// <summary>Multiplies the slots of a plan.</summary>
    public abstract void MultiplyExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y);
}
