using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>One projection of all experts of a layer on an accelerator: all packed as in the file, or all in single precision.</summary>
internal sealed class IlgpuExperts(IlgpuDevice device, IReadOnlyList<LinearOperand> sources)
    : DeviceExperts(device, sources.Count, sources[0].Rows, sources[0].Columns, SizeOf(sources))
{
    /// <summary>The packed weights; null where <see cref="Dense"/> holds them.</summary>
    public PackedWeights? Packed { get; } = sources[0].IsPacked ? new PackedWeights(device.Accelerator, sources) : null;

    /// <summary>The weights in single precision; null where <see cref="Packed"/> holds them.</summary>
    public DenseMemory? Dense { get; } = sources[0].IsPacked ? null : new DenseMemory(device.Accelerator, sources);

    public static long SizeOf(IReadOnlyList<LinearOperand> sources)
    {
        if (sources.Any(source => source.IsPacked != sources[0].IsPacked))
            throw new ArgumentException("Some experts are packed and some are not.", nameof(sources));
        return sources[0].IsPacked ? PackedWeights.SizeOf(sources) : DenseMemory.SizeOf(sources);
    }

    protected override void Free()
    {
        device.Settle();
        Packed?.Dispose();
        Dense?.Dispose();
    }
}
