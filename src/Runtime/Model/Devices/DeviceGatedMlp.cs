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
        DeviceRows gate = workspace.SharedGate.Rows(x.Count, _gate.Rows), up = workspace.SharedUp.Rows(x.Count, _gate.Rows);
        _device.Multiply(_gate, x, gate);
        _device.Multiply(_up, x, up);
        _device.Activate(gate, up, gate);
        _device.Multiply(_down, gate, y);
    }
}
