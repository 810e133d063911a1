using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>One decoder layer: norm, attention, norm, feed-forward network, each added to the residual stream.</summary>
internal sealed class DeviceLayer(ModelConfig config, LayerPlan plan, DeviceLoader loader)
{
    private readonly ComputeDevice _device = loader.Device;
    private readonly DeviceRows _inputNorm = loader.Vector(plan.InputNorm);
    private readonly DeviceAttention _attention = new(config, plan, loader);
    private readonly DeviceRows _postAttentionNorm = loader.Vector(plan.PostAttentionNorm);
    private readonly DeviceFeedForward _feedForward = new(config, plan, loader);

    /// <summary>Runs the layer on the first <paramref name="tokens"/> rows of the workspace's residual stream.</summary>
    /// <param name="workspace">The buffers.</param>
    /// <param name="layer">Which of the workspace's caches is this layer's.</param>
    /// <param name="rotations">The rotations of all positions.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="firstPosition">The first token's position.</param>
    public void Forward(DeviceWorkspace workspace, int layer, in DeviceRows rotations, int tokens, int firstPosition)
    {
        DeviceRows hidden = workspace.Hidden.Rows(tokens, config.HiddenSize), normalised = workspace.Normalised.Rows(tokens, config.HiddenSize);
        _device.Normalise(hidden, _inputNorm, config.RmsNormEpsilon, normalised);
        _attention.Forward(workspace, layer, rotations, normalised, hidden, firstPosition);
        _device.Normalise(hidden, _postAttentionNorm, config.RmsNormEpsilon, normalised);
        _feedForward.Forward(workspace, normalised, hidden);
    }
}
