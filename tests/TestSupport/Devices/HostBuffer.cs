using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>Numbers of a <see cref="HostDevice"/>. Fresh ones are NaN, so that whoever reads before writing sees it.</summary>
internal sealed unsafe class HostBuffer : DeviceBuffer
{
    private readonly HostMemory _memory;

    public HostBuffer(HostDevice device, long length)
        : base(device, length)
    {
        _memory = new HostMemory(length * sizeof(float));
        for (long index = 0; index < length; index++)
            ((float*)_memory.Pointer)[index] = float.NaN;
    }

    public static float* Pointer(in DeviceRows rows) => (float*)((HostBuffer)rows.Buffer)._memory.Pointer + rows.Start;

    public static Span<float> Row(in DeviceRows rows, int row) => new(Pointer(rows) + ((long)row * rows.Columns), rows.Columns);

    protected override void Free() => _memory.Dispose();
}
