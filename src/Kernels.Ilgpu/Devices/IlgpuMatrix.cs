using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>A linear layer on an accelerator: packed as in the file, or in single precision.</summary>
internal sealed class IlgpuMatrix(IlgpuDevice device, LinearOperand source) : DeviceMatrix(device, source.Rows, source.Columns, SizeOf(source))
{
    /// <summary>The packed weights; null where <see cref="Dense"/> holds them.</summary>
    public PackedWeights? Packed { get; } = source.IsPacked ? new PackedWeights(device.Accelerator, source) : null;

    /// <summary>The weights in single precision; null where <see cref="Packed"/> holds them.</summary>
    public DenseMemory? Dense { get; } = source.IsPacked ? null : new DenseMemory(device.Accelerator, source);

    public static long SizeOf(in LinearOperand source) => source.IsPacked ? PackedWeights.SizeOf(source) : DenseMemory.SizeOf(source);

    protected override void Free()
    {
        device.Settle();
        Packed?.Dispose();
        Dense?.Dispose();
    }
}
