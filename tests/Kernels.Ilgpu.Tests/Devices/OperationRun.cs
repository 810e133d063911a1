using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>One operation on one device: makes its operands from the same seed on every device, and frees them.</summary>
internal sealed class OperationRun(ComputeDevice device, int seed) : IDisposable
{
    private readonly Random _random = new(seed);
    private readonly List<DeviceResource> _owned = [];

    public ComputeDevice Device => device;

    /// <summary>Random numbers within ± a size.</summary>
    public DeviceRows Random(int count, int columns, float size = 1) => Rows([.. Enumerable.Range(0, count * columns).Select(_ => size * ((2 * _random.NextSingle()) - 1))], count);

    public DeviceRows Rows(float[] values, int count)
    {
        DeviceRows rows = Empty(count, values.Length / count);
        device.Write(values, rows);
        return rows;
    }

    /// <summary>Numbers that were not written.</summary>
    public DeviceRows Empty(int count, int columns) => Own(device.Allocate((long)count * columns)).Rows(count, columns);

    public T Own<T>(T resource)
        where T : DeviceResource
    {
        _owned.Add(resource);
        return resource;
    }

    public void Dispose() => _owned.ForEach(resource => resource.Dispose());
}
