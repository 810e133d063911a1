using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts products of inputs in half precision: prepares the inputs, which is the same for every kind of kernel, and leaves the product to the kernels.</summary>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
/// <param name="inputs">Prepares the inputs.</param>
internal abstract class TensorLauncher<TElement>(TensorInputPreparation<TElement> inputs) : ProductLauncher<TElement>
    where TElement : unmanaged
{
    /// <inheritdoc/>
    public sealed override void Multiply(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y)
    {
        TensorInputs prepared = inputs.Prepare(stream, w, x, count, count, work);
        TensorProductShape shape = new() { Rows = w.First.Rows, Slots = count, Steps = prepared.Steps, LatentStride = w.MaxRank };
        Multiply(stream, Config(w, (count + TensorProduct.Tokens - 1) / TensorProduct.Tokens), w, prepared, work, y, shape);
    }

    /// <inheritdoc/>
    public sealed override void MultiplyExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y)
    {
        // The host does not know which rows are named; there are not more of them than slots.
        int rows = indirect ? (int)Math.Min(plan.Slots, x.Length / w.First.Columns) : plan.Slots;
        TensorInputs prepared = inputs.Prepare(stream, w, x, plan.Slots, rows, work);
        TensorProductShape shape = new() { Rows = w.First.Rows, Slots = plan.Slots, Indirect = indirect ? 1 : 0, Steps = prepared.Steps, LatentStride = w.MaxRank };
        MultiplyExperts(stream, Config(w, plan.ItemCount), w, plan.Items, inputRows, prepared, work, y, shape);
    }

    /// <summary>Multiplies one matrix, or gate and up, with prepared inputs.</summary>
    protected abstract void Multiply(
        AcceleratorStream stream, KernelConfig config, ProductOperands w, TensorInputs inputs, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape);

    /// <summary>Multiplies the slots of work items with prepared inputs.</summary>
    protected abstract void MultiplyExperts(
        AcceleratorStream stream,
        KernelConfig config,
        ProductOperands w,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        TensorInputs inputs,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape);

    private static KernelConfig Config(ProductOperands w, int items) =>
        new(new Index3D(items, (int)(((long)w.First.Rows + PackedShape.TileRows - 1) / PackedShape.TileRows), 1), new Index3D(TensorProduct.Threads, 1, 1));
}
