using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Numbers on an accelerator.</summary>
internal sealed class IlgpuBuffer(IlgpuDevice device, long length) : DeviceBuffer(device, length)
{
    private readonly MemoryBuffer1D<float, Stride1D.Dense> _memory = device.Accelerator.Allocate1D<float>(length);

    public static ArrayView<float> View(in DeviceRows rows) => ((ArrayView<float>)((IlgpuBuffer)rows.Buffer)._memory.View).SubView(rows.Start, rows.Length);

    protected override void Free()
    {
        device.Settle();
        _memory.Dispose();
    }
}
