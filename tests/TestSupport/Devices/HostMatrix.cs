using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>A matrix of a <see cref="HostDevice"/>.</summary>
internal sealed class HostMatrix(HostDevice device, LinearOperand source) : DeviceMatrix(device, source.Rows, source.Columns, HostWeights.Bytes(source))
{
    public HostWeights Weights { get; } = new(source);

    protected override void Free()
    {
    }
}
