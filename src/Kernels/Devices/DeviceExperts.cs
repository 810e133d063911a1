namespace MoEQuant.Kernels.Devices;

/// <summary>One projection of all experts of a layer in the memory of a device: equal shapes, but bits, groups and ranks may differ from expert to expert.</summary>
/// <param name="device">The device.</param>
/// <param name="count">Experts.</param>
/// <param name="rows">Outputs N of each.</param>
/// <param name="columns">Inputs K of each.</param>
/// <param name="byteLength">What is occupied, in bytes.</param>
public abstract class DeviceExperts(ComputeDevice device, int count, int rows, int columns, long byteLength) : DeviceResource(device, byteLength)
{
    /// <summary>Experts.</summary>
    public int Count { get; } = count;

    /// <summary>Outputs N of each.</summary>
    public int Rows { get; } = rows;

    /// <summary>Inputs K of each.</summary>
    public int Columns { get; } = columns;
}
