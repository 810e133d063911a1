namespace MoEQuant.Kernels.Devices;

/// <summary>A device's memory budget is too small for what was asked, or the device could not allocate within it.</summary>
/// <param name="neededBytes">What was asked for, in bytes.</param>
/// <param name="availableBytes">What is left, in bytes.</param>
/// <param name="innerException">What the device said; null where the budget alone is too small.</param>
public sealed class DeviceMemoryException(long neededBytes, long availableBytes, Exception? innerException = null)
    : Exception($"{neededBytes} bytes of device memory were needed, {availableBytes} are available.", innerException)
{
    /// <summary>What was asked for, in bytes.</summary>
    public long NeededBytes { get; } = neededBytes;

    /// <summary>What is left of the budget, in bytes.</summary>
    public long AvailableBytes { get; } = availableBytes;
}
