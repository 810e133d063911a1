using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>
/// The feed-forward network of one layer: routed experts, networks that every token passes (shared experts, or the dense network of a layer without experts), or both. The device groups tokens by expert itself,
/// and multiplies with all experts in one go.
/// </summary>
internal sealed class DeviceFeedForward
{
    private readonly ModelConfig _config;
    private readonly ComputeDevice _device;
    private readonly DeviceMatrix? _router;
    private readonly DeviceExperts? _gates;
    private readonly DeviceExperts? _ups;
    private readonly DeviceExperts? _downs;
    private readonly DeviceGatedMlp? _everyToken;

    public DeviceFeedForward(ModelConfig config, LayerPlan plan, DeviceLoader loader)
    {
        _config = config;
        _device = loader.Device;
        if (plan.Router is not null)
        {
            _router = loader.Matrix(plan.Router);
            _gates = loader.Experts(plan.Experts.Select(expert => expert.Gate));
            _ups = loader.Experts(plan.Experts.Select(expert => expert.Up));
            _downs = loader.Experts(plan.Experts.Select(expert => expert.Down));
        }

        GatedMlpPlan? everyToken = plan.DenseMlp ?? plan.SharedExperts;
        _everyToken = everyToken is null ? null : new DeviceGatedMlp(everyToken, loader);
    }

    /// <summary>Adds the network's output for the normalised tokens to the residual stream.</summary>
    public void Forward(DeviceWorkspace workspace, in DeviceRows normalised, in DeviceRows hidden)
    {
        if (_everyToken is not null)
        {
            DeviceRows branch = workspace.Branch.Rows(hidden.Count, hidden.Columns);
            _everyToken.Forward(workspace, normalised, branch);
            _device.Add(branch, hidden);
        }

        if (_router is not null)
            ForwardExperts(workspace, normalised, hidden);
    }

    private void ForwardExperts(DeviceWorkspace workspace, in DeviceRows normalised, in DeviceRows hidden)
    {
        int slots = normalised.Count * _config.ExpertsPerToken;
        DeviceRows logits = workspace.RouterLogits.Rows(normalised.Count, _config.ExpertCount);
        DeviceRows inner = workspace.ExpertInner.Rows(slots, _config.ExpertIntermediateSize), work = workspace.ExpertWork.Rows(slots, _config.ExpertIntermediateSize);
        DeviceRows output = workspace.ExpertOutput.Rows(slots, _config.HiddenSize);

        _device.Multiply(_router!, normalised, logits);
        _device.Route(logits, _config.NormalizeTopK, workspace.Routing);
        _device.MultiplyGatedExperts(_gates!, _ups!, workspace.Routing, normalised, work, inner);
        _device.MultiplyExperts(_downs!, workspace.Routing, inner, ExpertInputs.Slots, output);
        _device.Combine(workspace.Routing, output, hidden);
    }
}
