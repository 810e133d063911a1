using MoEQuant.Kernels.Devices;

namespace MoEQuant.TestSupport.Devices;

/// <summary>One projection of all experts of a <see cref="HostDevice"/>.</summary>
internal sealed class HostExperts(HostDevice device, IReadOnlyList<LinearOperand> sources)
    : DeviceExperts(device, sources.Count, sources[0].Rows, sources[0].Columns, sources.Sum(source => HostWeights.Bytes(source)))
{
    public HostWeights[] Weights { get; } = [.. sources.Select(source => new HostWeights(source))];

    protected override void Free()
    {
    }
}
