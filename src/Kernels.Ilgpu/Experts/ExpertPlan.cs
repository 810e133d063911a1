using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Cuts the slots of a routed batch into work items for grouped products, on the device: the host knows how many slots there are, but not which expert has how many.</summary>
/// <remarks>
/// Slots are sorted by expert. An item takes up to <see cref="TokensPerItem"/> slots of one expert. Launches cover as many items as there can be at most; those that are not needed have no slots.
/// </remarks>
public sealed class ExpertPlan : IDisposable
{
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<ExpertItem>, int, int, int> _build;
    private readonly MemoryBuffer1D<ExpertItem, Stride1D.Dense> _items;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _anyIntegers;
    private readonly int _threads;
    private readonly int _maxSlots;

    /// <summary>Allocates a plan.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="maxSlots">The most slots of a batch, at least 1.</param>
    /// <param name="expertCount">Experts, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 1.</exception>
    public ExpertPlan(Accelerator accelerator, int maxSlots, int expertCount)
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxSlots, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(expertCount, 1);
        _maxSlots = maxSlots;
        ExpertCount = expertCount;
        _threads = ReductionTree.ThreadsFor(accelerator);
        _build = accelerator.LoadKernel<ArrayView<int>, ArrayView<ExpertItem>, int, int, int>(ExpertPlanKernel.Build);
        _items = accelerator.Allocate1D<ExpertItem>(maxSlots);
        _anyIntegers = accelerator.Allocate1D<int>(1);
    }

    /// <summary>Experts.</summary>
    public int ExpertCount { get; }

    /// <summary>Slots of the batch.</summary>
    public int Slots { get; private set; }

    /// <summary>The most slots of an item: 1, 4 or 8.</summary>
    public int TokensPerItem { get; private set; }

    /// <summary>Items that are launched.</summary>
    internal int ItemCount => (int)Math.Min(Slots, (((long)Slots + TokensPerItem - 1) / TokensPerItem) + ExpertCount);

    /// <summary>The items, <see cref="ItemCount"/> of them.</summary>
    internal ArrayView<ExpertItem> Items => _items.View;

    /// <summary>A view of integers that means nothing.</summary>
    internal ArrayView<int> AnyIntegers => _anyIntegers.View;

    /// <summary>What a plan occupies, in bytes.</summary>
    /// <param name="maxSlots">The most slots of a batch.</param>
    public static long SizeOf(int maxSlots) => (3L * sizeof(int) * maxSlots) + sizeof(int);

    /// <summary>Makes the items of a batch.</summary>
    /// <param name="stream">The order of work.</param>
    /// <param name="offsets">The first slot of each expert, and the number of slots behind the last one.</param>
    /// <param name="slots">Slots, 1 up to the number given at construction.</param>
    /// <exception cref="ArgumentException">The offsets are too few.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for so many slots.</exception>
    public void Build(AcceleratorStream stream, ArrayView<int> offsets, int slots)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(slots, _maxSlots);
        Views.RequireLength(offsets.Length, ExpertCount + 1, nameof(offsets));
        Slots = slots;
        TokensPerItem = TileShape.TokensFor(slots, ExpertCount);
        _build(stream, new KernelConfig(new Index3D(1, 1, 1), new Index3D(_threads, 1, 1)), offsets, _items.View, ExpertCount, TokensPerItem, ItemCount);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _anyIntegers.Dispose();
        _items.Dispose();
    }
}
