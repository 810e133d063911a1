using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>Self-attention of one layer. Keys and values are projected straight into their places in the cache and finished there.</summary>
internal sealed class DeviceAttention(ModelConfig config, LayerPlan plan, DeviceLoader loader)
{
    private readonly ComputeDevice _device = loader.Device;
    private readonly DeviceProjection _query = new(plan.Query, loader);
    private readonly DeviceProjection _key = new(plan.Key, loader);
    private readonly DeviceProjection _value = new(plan.Value, loader);
    private readonly DeviceProjection _output = new(plan.Output, loader);
    private readonly DeviceRows? _queryNorm = plan.QueryNorm is null ? null : loader.Vector(plan.QueryNorm);
    private readonly DeviceRows? _keyNorm = plan.KeyNorm is null ? null : loader.Vector(plan.KeyNorm);

    /// <summary>Adds the attention of the normalised tokens to the residual stream.</summary>
    public void Forward(DeviceWorkspace workspace, int layer, in DeviceRows rotations, in DeviceRows normalised, in DeviceRows hidden, int firstPosition)
    {
        int tokens = normalised.Count;
        DeviceRows keys = workspace.Keys[layer].Rows(firstPosition + tokens, config.KeyValueSize), values = workspace.Values[layer].Rows(firstPosition + tokens, config.KeyValueSize);
        DeviceRows newKeys = keys.Slice(firstPosition, tokens), newValues = values.Slice(firstPosition, tokens);
        DeviceRows queries = workspace.Queries.Rows(tokens, config.QuerySize), outputs = workspace.AttentionOutput.Rows(tokens, config.QuerySize);
        DeviceRows branch = workspace.Branch.Rows(tokens, config.HiddenSize);

        _query.Forward(normalised, queries);
        _key.Forward(normalised, newKeys);
        _value.Forward(normalised, newValues);
        Finish(queries, _queryNorm, rotations, firstPosition);
        Finish(newKeys, _keyNorm, rotations, firstPosition);
        if (config.ClipQkv is { } clip)
            _device.Clamp(newValues, clip);

        _device.Attend(queries, keys, values, config.HeadDimension, firstPosition, config.SlidingWindow ?? int.MaxValue, outputs);
        _output.Forward(outputs, branch);
        _device.Add(branch, hidden);
    }

    // After the bias: norm over the whole vector, clipping, then rotation per head, the order of the published modelling code.
    private void Finish(in DeviceRows rows, DeviceRows? norm, in DeviceRows rotations, int firstPosition)
    {
        if (norm is { } weight)
            _device.Normalise(rows, weight, config.RmsNormEpsilon, rows);
        if (config.ClipQkv is { } clip)
            _device.Clamp(rows, clip);
        _device.Rotate(rows, rotations, firstPosition);
    }
}
