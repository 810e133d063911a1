using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>A routing on an accelerator, and the work items that grouped products make of it.</summary>
internal sealed class IlgpuRouting : DeviceRouting
{
    private readonly IlgpuDevice _device;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _integers;
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _weights;

    public IlgpuRouting(IlgpuDevice device, int maxTokens, int expertCount, int perToken)
        : base(device, maxTokens, expertCount, perToken, SizeOf(maxTokens, expertCount, perToken))
    {
        _device = device;
        int slots = checked(maxTokens * perToken);
        _integers = device.Accelerator.Allocate1D<int>((4L * slots) + expertCount + 1);
        _weights = device.Accelerator.Allocate1D<float>(slots);
        Plan = new ExpertPlan(device.Accelerator, slots, expertCount);
    }

    public ExpertPlan Plan { get; }

    /// <summary>The expert of each pair of token and choice, [tokens, k].</summary>
    public ArrayView<int> Chosen => Integers(0);

    /// <summary>The slot of each pair, [tokens, k].</summary>
    public ArrayView<int> SlotOfPair => Integers(1);

    /// <summary>The token of each slot.</summary>
    public ArrayView<int> TokenOfSlot => Integers(2);

    /// <summary>The expert of each slot.</summary>
    public ArrayView<int> ExpertOfSlot => Integers(3);

    /// <summary>The first slot of each expert, and the number of slots behind the last one.</summary>
    public ArrayView<int> Offsets => ((ArrayView<int>)_integers.View).SubView(4L * MaxTokens * ExpertsPerToken, ExpertCount + 1);

    /// <summary>The weight of each pair, [tokens, k].</summary>
    public ArrayView<float> Weights => _weights.View;

    public static long SizeOf(int maxTokens, int expertCount, int perToken)
    {
        long slots = (long)maxTokens * perToken;
        return (sizeof(int) * ((5 * slots) + expertCount + 1)) + ExpertPlan.SizeOf((int)Math.Min(slots, int.MaxValue));
    }

    protected override void Free()
    {
        _device.Settle();
        Plan.Dispose();
        _weights.Dispose();
        _integers.Dispose();
    }

    private ArrayView<int> Integers(int which) => ((ArrayView<int>)_integers.View).SubView((long)which * MaxTokens * ExpertsPerToken, (long)MaxTokens * ExpertsPerToken);
}
