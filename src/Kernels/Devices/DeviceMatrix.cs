namespace MoEQuant.Kernels.Devices;

/// <summary>The weights of a linear layer in the memory of a device, compensator included, in whatever form its kernels like.</summary>
/// <param name="device">The device.</param>
/// <param name="rows">Outputs N.</param>
/// <param name="columns">Inputs K.</param>
/// <param name="byteLength">What is occupied, in bytes.</param>
public abstract class DeviceMatrix(ComputeDevice device, int rows, int columns, long byteLength) : DeviceResource(device, byteLength)
{
    /// <summary>Outputs N.</summary>
    public int Rows { get; } = rows;

    /// <summary>Inputs K.</summary>
    public int Columns { get; } = columns;
}
