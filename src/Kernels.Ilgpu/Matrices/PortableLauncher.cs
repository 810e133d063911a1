using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts the products that run on every device.</summary>
internal sealed class PortableLauncher<TElement>(Accelerator accelerator, PackedProductKernelSet<TElement> kernels) : ProductLauncher<TElement>
    where TElement : unmanaged
{
    /// <inheritdoc/>
    public override void Multiply(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y)
    {
        int tokens = TileShape.TokensFor(count, 1), items = (count + tokens - 1) / tokens, bits = w.First.DistinctBits[0];
        ProductShape shape = Shape(w, count, items, tokens, out KernelConfig config);
        if (w.Up is { } up)
            kernels.Gated(bits, tokens)(stream, config, w.First.Words, w.First.DeviceLayouts, up.Words, up.DeviceLayouts, x, work, y, shape);
        else
            kernels.Single(bits, tokens)(stream, config, w.First.Words, w.First.DeviceLayouts, x, work, y, shape);
    }

    /// <inheritdoc/>
    public override void MultiplyExperts(
        AcceleratorStream stream, ProductOperands w, ExpertPlan plan, ArrayView<int> inputRows, bool indirect, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y)
    {
        ProductShape shape = Shape(w, plan.Slots, plan.ItemCount, plan.TokensPerItem, out KernelConfig config);
        shape.Indirect = indirect ? 1 : 0;
        foreach (int bits in w.First.DistinctBits)
        {
            if (w.Up is { } up)
                kernels.GatedExperts(bits, plan.TokensPerItem)(stream, config, w.First.Words, w.First.DeviceLayouts, up.Words, up.DeviceLayouts, plan.Items, inputRows, x, work, y, shape);
            else
                kernels.Experts(bits, plan.TokensPerItem)(stream, config, w.First.Words, w.First.DeviceLayouts, plan.Items, inputRows, x, work, y, shape);
        }
    }

    private ProductShape Shape(ProductOperands w, int slots, int items, int tokens, out KernelConfig config)
    {
        int rows = w.First.Rows, columns = w.First.Columns, tiles = (int)(((long)rows + PackedShape.TileRows - 1) / PackedShape.TileRows);
        TileShape tile = TileShape.Choose(rows, columns, items, tokens, accelerator.MaxNumThreadsPerGroup, accelerator.NumMultiprocessors);
        config = new KernelConfig(new Index3D(items, (tiles + tile.RowTiles - 1) / tile.RowTiles, 1), new Index3D(tile.Threads, 1, 1));
        return new ProductShape { Rows = rows, Columns = columns, Slots = slots, RowTiles = tile.RowTiles, Slices = tile.Slices, LatentStride = w.MaxRank };
    }
}
