using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts products on tensor cores for one way to read inputs. Kernels are compiled when they are first needed.</summary>
internal sealed class TensorKernelLauncher<TElement, TReader>(Accelerator accelerator) : TensorLauncher<TElement>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    private readonly Dictionary<int, SingleKernel> _single = [];
    private readonly Dictionary<int, ExpertsKernel> _experts = [];
    private Action<AcceleratorStream, KernelConfig, ArrayView<TElement>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>? _prepare;

    private delegate void SingleKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape);

    private delegate void ExpertsKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<uint> halves,
        ArrayView<float> sums,
        ArrayView<float> scales,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape);

    /// <inheritdoc/>
    public override void Multiply(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y)
    {
        TensorInputs inputs = Prepare(stream, w, x, count, count, work);
        TensorProductShape shape = new() { Rows = w.Rows, Slots = count, Steps = inputs.Steps, LatentStride = w.MaxRank };
        int bits = w.Layouts[0].Bits;
        if (!_single.TryGetValue(bits, out SingleKernel? kernel))
            _single.Add(bits, kernel = bits == 3 ? LoadSingle<TensorCodes3>() : LoadSingle<TensorCodes4>());
        kernel(stream, Config(w, (count + TensorProduct.Tokens - 1) / TensorProduct.Tokens), w.Words, w.DeviceLayouts, inputs.Halves, inputs.Sums, inputs.Scales, work, y, shape);
    }

    /// <inheritdoc/>
    public override void MultiplyExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y)
    {
        // The host does not know which rows are named; there are not more of them than slots.
        int rows = indirect ? (int)Math.Min(plan.Slots, x.Length / w.Columns) : plan.Slots;
        TensorInputs inputs = Prepare(stream, w, x, plan.Slots, rows, work);
        TensorProductShape shape = new() { Rows = w.Rows, Slots = plan.Slots, Indirect = indirect ? 1 : 0, Steps = inputs.Steps, LatentStride = w.MaxRank };
        foreach (int bits in w.DistinctBits)
        {
            if (!_experts.TryGetValue(bits, out ExpertsKernel? kernel))
                _experts.Add(bits, kernel = bits == 3 ? LoadExperts<TensorCodes3>() : LoadExperts<TensorCodes4>());
            kernel(stream, Config(w, plan.ItemCount), w.Words, w.DeviceLayouts, plan.Items, inputRows, inputs.Halves, inputs.Sums, inputs.Scales, work, y, shape);
        }
    }

    private static KernelConfig Config(PackedWeights w, int items) =>
        new(new Index3D(items, (int)(((long)w.Rows + PackedShape.TileRows - 1) / PackedShape.TileRows), 1), new Index3D(TensorProduct.Threads, 1, 1));

    private TensorInputs Prepare(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int slots, int rows, ArrayView<float> work)
    {
        TensorInputs inputs = new(work, w, slots, rows);
        _prepare ??= accelerator.LoadKernel<ArrayView<TElement>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>(TensorInputKernel<TElement, TReader>.Prepare);
        KernelConfig config = new(new Index3D(rows, 1, 1), new Index3D(ReductionTree.ThreadsFor(accelerator), 1, 1));
        _prepare(stream, config, x, w.Columns, inputs.Steps, inputs.Halves, inputs.Sums, inputs.Scales);
        return inputs;
    }

    private SingleKernel LoadSingle<TCodes>()
        where TCodes : struct, ITensorCodes =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
            TensorProductKernels<TCodes>.Multiply).Invoke;

    private ExpertsKernel LoadExperts<TCodes>()
        where TCodes : struct, ITensorCodes =>
        accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
            TensorProductKernels<TCodes>.MultiplyExperts).Invoke;
}
