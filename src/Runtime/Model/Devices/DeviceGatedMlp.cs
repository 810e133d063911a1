using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>A gated network that every token passes: <c>down(silu(gate(x)) · up(x))</c>.</summary>
internal sealed class DeviceGatedMlp(GatedMlpPlan plan, DeviceLoader loader)
{
    private readonly ComputeDevice _device = loader.Device;
    private readonly DeviceMatrix _gate = loader.Matrix(plan.Gate);
    private readonly DeviceMatrix _up = loader.Matrix(plan.Up);
    private readonly DeviceMatrix _down = loader.Matrix(plan.Down);

    public void Forward(DeviceWorkspace workspace, in DeviceRows x, in DeviceRows y)
    {
        DeviceRows inner = workspace.SharedInner.Rows(x.Count, _gate.Rows), work = workspace.SharedWork.Rows(x.Count, _gate.Rows);
        _device.MultiplyGated(_gate, _up, x, work, inner);
        _device.Multiply(_down, inner, y);
    }
}
