namespace MoEQuant.Kernels.Devices;

/// <summary>Something that occupies memory of a device. Dispose it: nothing else gives its part of the memory budget back before the device is disposed.</summary>
public abstract class DeviceResource : IDisposable
{
    private readonly DeviceMemory _device;
    private bool _disposed;

    /// <param name="device">The device, which has reserved the memory.</param>
    /// <param name="byteLength">What is occupied, in bytes.</param>
    private protected DeviceResource(DeviceMemory device, long byteLength)
    {
        _device = device;
        ByteLength = byteLength;
    }

    /// <summary>What is occupied, in bytes.</summary>
    public long ByteLength { get; }

    /// <summary>Frees the memory, after the operations that use it.</summary>
    public void Dispose()
    {
        lock (_device.StepLock)
        {
            if (_disposed)
                return;
            _disposed = true;
            Free();
            _device.Return(ByteLength);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the memory; called once. The device may be disposed already.</summary>
    protected abstract void Free();

    internal void Require(DeviceMemory device)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_device != device)
            throw new ArgumentException("The memory belongs to another device.");
    }
}
