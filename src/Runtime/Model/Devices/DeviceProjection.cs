using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>A linear projection with its optional bias.</summary>
internal sealed class DeviceProjection(ProjectionPlan plan, DeviceLoader loader)
{
    private readonly ComputeDevice _device = loader.Device;
    private readonly DeviceMatrix _weights = loader.Matrix(plan.Weight);
    private readonly DeviceRows? _bias = plan.Bias is null ? null : loader.Vector(plan.Bias);

    /// <summary>y = W x + b.</summary>
    public void Forward(in DeviceRows x, in DeviceRows y)
    {
        _device.Multiply(_weights, x, y);
        if (_bias is { } bias)
            _device.AddBias(bias, y);
    }
}
