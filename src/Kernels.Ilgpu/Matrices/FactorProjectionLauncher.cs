using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts the projections for one way to read inputs.</summary>
internal sealed class FactorProjectionLauncher<TElement, TReader>(Accelerator accelerator) : FactorProjection<TElement>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    private readonly int _threads = ReductionTree.ThreadsFor(accelerator);

    private Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ProductShape>? _single;
    private Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ProductShape>? _experts;

    /// <inheritdoc/>
    public override void Project(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> latent)
    {
        if (w.MaxRank == 0)
            return;
        _single ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<TElement>, ArrayView<float>, ProductShape>(
            FactorProjectionKernels<TElement, TReader>.Project);
        ProductShape shape = new() { Rows = TokensPerItem, Columns = w.First.Columns, Slots = count, LatentStride = w.MaxRank };
        KernelConfig config = Config((count + TokensPerItem - 1) / TokensPerItem, w);
        _single(stream, config, w.First.Words, w.First.DeviceLayouts, w.Second.Words, w.Second.DeviceLayouts, x, latent, shape);
    }

    /// <inheritdoc/>
    public override void ProjectExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> latent)
    {
        if (w.MaxRank == 0)
            return;
        _experts ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<TElement>, ArrayView<float>, ProductShape>(
            FactorProjectionKernels<TElement, TReader>.ProjectExperts);
        ProductShape shape = new() { Columns = w.First.Columns, Slots = plan.Slots, Indirect = indirect ? 1 : 0, LatentStride = w.MaxRank };
        KernelConfig config = Config(plan.ItemCount, w);
        _experts(stream, config, w.First.Words, w.First.DeviceLayouts, w.Second.Words, w.Second.DeviceLayouts, plan.Items, inputRows, x, latent, shape);
    }

    private KernelConfig Config(int items, ProductOperands w) => new(new Index3D(items, w.MaxRank, w.Count), new Index3D(_threads, 1, 1));
}
