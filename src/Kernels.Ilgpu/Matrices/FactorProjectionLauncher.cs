using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts the projections for one way to read inputs.</summary>
internal sealed class FactorProjectionLauncher<TElement, TReader>(Accelerator accelerator) : FactorProjection<TElement>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    private readonly int _threads = ReductionTree.ThreadsFor(accelerator);

    private Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ProductShape>? _single;
    private Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ProductShape>? _experts;

    /// <inheritdoc/>
    public override void Project(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> latent)
    {
        _single ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ProductShape>(
            FactorProjectionKernels<TElement, TReader>.Project);
        ProductShape shape = new() { Rows = TokensPerItem, Columns = w.Columns, Slots = count, LatentStride = w.MaxRank };
        _single(stream, Config((count + TokensPerItem - 1) / TokensPerItem, w.MaxRank), w.Words, w.DeviceLayouts, x, latent, shape);
    }

    /// <inheritdoc/>
    public override void ProjectExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> latent)
    {
        _experts ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ProductShape>(
            FactorProjectionKernels<TElement, TReader>.ProjectExperts);
        ProductShape shape = new() { Columns = w.Columns, Slots = plan.Slots, Indirect = indirect ? 1 : 0, LatentStride = w.MaxRank };
        _experts(stream, Config(plan.ItemCount, w.MaxRank), w.Words, w.DeviceLayouts, plan.Items, inputRows, x, latent, shape);
    }

    private KernelConfig Config(int items, int ranks) => new(new Index3D(items, ranks, 1), new Index3D(_threads, 1, 1));
}
