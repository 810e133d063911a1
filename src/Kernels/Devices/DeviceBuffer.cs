namespace MoEQuant.Kernels.Devices;

/// <summary>Numbers in single precision in the memory of a device. Not cleared when allocated.</summary>
/// <param name="device">The device.</param>
/// <param name="length">Numbers.</param>
public abstract class DeviceBuffer(ComputeDevice device, long length) : DeviceResource(device, length * sizeof(float))
{
    /// <summary>Numbers.</summary>
    public long Length { get; } = length;

    /// <summary>The first rows of the buffer.</summary>
    /// <param name="count">Rows.</param>
    /// <param name="columns">Numbers per row.</param>
    /// <exception cref="ArgumentOutOfRangeException">The buffer is shorter.</exception>
    public DeviceRows Rows(int count, int columns) => new(this, 0, count, columns);
}
