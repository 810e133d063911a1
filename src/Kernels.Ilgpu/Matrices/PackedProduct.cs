using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Multiplies packed matrices with tokens on a device, compensators included: y = (Ŵ + U · V) x.</summary>
/// <remarks>Kernels are compiled when they are first needed. Results are in single precision and do not depend on the batch's other tokens, but on the device's tile shapes. Not thread-safe.</remarks>
/// <typeparam name="TElement">The type of the inputs in memory.</typeparam>
public sealed class PackedProduct<TElement>
    where TElement : unmanaged
{
    private readonly Accelerator _accelerator;
    private readonly PackedProductKernelSet<TElement> _kernels;
    private readonly FactorProjection<TElement> _projection;
    private readonly TensorLauncher<TElement>? _tensorCores;

    internal PackedProduct(Accelerator accelerator, PackedProductKernelSet<TElement> kernels, FactorProjection<TElement> projection, TensorLauncher<TElement>? tensorCores)
    {
        _tensorCores = tensorCores;
        _accelerator = accelerator;
        _kernels = kernels;
        _projection = projection;
    }

    /// <summary>Multiplies one matrix: y[t, n] = Σ_k w[n, k] · x[t, k].</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">One matrix [N, K].</param>
    /// <param name="x">[T, K].</param>
    /// <param name="count">T, at least 1.</param>
    /// <param name="work">At least <see cref="PackedWeights.WorkLength"/> numbers.</param>
    /// <param name="y">Receives [T, N].</param>
    /// <exception cref="ArgumentException">There are several matrices, or a view is too short.</exception>
    public void Multiply(AcceleratorStream stream, PackedWeights w, ArrayView<TElement> x, int count, ArrayView<float> work, ArrayView<float> y)
    {
        ArgumentNullException.ThrowIfNull(w);
        if (w.Count != 1)
            throw new ArgumentException($"There are {w.Count} matrices; expected is one.", nameof(w));
        Views.Require(count, w, x.Length, (long)count * w.Columns, work.Length, y.Length);
        if (w.MaxRank > 0)
            _projection.Project(stream, w, x, count, work);
        if (_tensorCores is not null && w.UsesTensorCores)
        {
            _tensorCores.Multiply(stream, w, x, count, work, y);
            return;
        }
        int tokens = TileShape.TokensFor(count, 1), items = (count + tokens - 1) / tokens;
        ProductShape shape = Shape(w, count, items, tokens, out KernelConfig config);
        _kernels.Single(w.Layouts[0].Bits, tokens)(stream, config, w.Words, w.DeviceLayouts, x, work, y, shape);
    }

    /// <summary>Multiplies every slot's inputs with the matrix of its expert: y[s] = w[expert of s] · x, in one launch.</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="w">The matrices of all experts, [N, K] each.</param>
    /// <param name="plan">Which slots go to which expert.</param>
    /// <param name="inputRows">The row of <paramref name="x"/> of each slot; empty if slot s reads row s.</param>
    /// <param name="x">Rows of K numbers: as many as <paramref name="inputRows"/> names, which is not checked, and not more than slots; or one per slot.</param>
    /// <param name="work">At least <see cref="PackedWeights.WorkLength"/> numbers.</param>
    /// <param name="y">Receives [slots, N].</param>
    /// <exception cref="ArgumentException">The number of experts differs, or a view is too short.</exception>
    /// <remarks>Experts whose codes have another number of bits than the first one's take a launch of their own for each number.</remarks>
    public void MultiplyExperts(
        AcceleratorStream stream, PackedWeights w, ExpertPlan plan, ArrayView<int> inputRows, ArrayView<TElement> x, ArrayView<float> work, ArrayView<float> y)
    {
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(plan);
        if (w.Count != plan.ExpertCount)
            throw new ArgumentException($"There are {w.Count} matrices; expected are {plan.ExpertCount}, one per expert.", nameof(w));
        bool indirect = inputRows.Length > 0;
        if (indirect && inputRows.Length < plan.Slots)
            throw new ArgumentException($"There are input rows for {inputRows.Length} slots; expected are {plan.Slots}.", nameof(inputRows));
        Views.Require(plan.Slots, w, x.Length, indirect ? w.Columns : (long)plan.Slots * w.Columns, work.Length, y.Length);
        // A view must not be empty, even if the kernel does not read it.
        ArrayView<int> rows = indirect ? inputRows : plan.AnyIntegers;
        if (w.MaxRank > 0)
            _projection.ProjectExperts(stream, w, plan, rows, indirect, x, work);
        if (_tensorCores is not null && w.UsesTensorCores)
        {
            _tensorCores.MultiplyExperts(stream, w, plan, rows, indirect, x, work, y);
            return;
        }
        ProductShape shape = Shape(w, plan.Slots, plan.ItemCount, plan.TokensPerItem, out KernelConfig config);
        shape.Indirect = indirect ? 1 : 0;
        foreach (int bits in w.DistinctBits)
            _kernels.Experts(bits, plan.TokensPerItem)(stream, config, w.Words, w.DeviceLayouts, plan.Items, rows, x, work, y, shape);
    }

    private ProductShape Shape(PackedWeights w, int slots, int items, int tokens, out KernelConfig config)
    {
        TileShape tile = TileShape.Choose(w.Rows, w.Columns, items, tokens, _accelerator.MaxNumThreadsPerGroup, _accelerator.NumMultiprocessors);
        int tiles = (int)(((long)w.Rows + PackedShape.TileRows - 1) / PackedShape.TileRows);
        config = new KernelConfig(new Index3D(items, (tiles + tile.RowTiles - 1) / tile.RowTiles, 1), new Index3D(tile.Threads, 1, 1));
        return new ProductShape { Rows = w.Rows, Columns = w.Columns, Slots = slots, RowTiles = tile.RowTiles, Slices = tile.Slices, LatentStride = w.MaxRank };
    }
}
