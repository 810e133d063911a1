using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>The numbers that one text keeps on a device: the one list of its buffers.</summary>
/// <param name="Config">The network's widths.</param>
/// <param name="ContextLength">The most tokens of the text.</param>
/// <param name="MaxTokens">The most tokens of one pass.</param>
internal sealed record DeviceWorkspaceSize(ModelConfig Config, int ContextLength, int MaxTokens)
{
    /// <summary>Keys, or values, of one layer.</summary>
    public long Cache => (long)ContextLength * Config.KeyValueSize;

    /// <summary>The residual stream, its normalised copy, and a branch.</summary>
    public long Hidden => (long)MaxTokens * Config.HiddenSize;

    /// <summary>Queries, or attention's outputs.</summary>
    public long Queries => (long)MaxTokens * Config.QuerySize;

    public long RouterLogits => (long)MaxTokens * Config.ExpertCount;

    /// <summary>The experts' gate projections, or their up projections.</summary>
    public long ExpertInner => (long)MaxTokens * Config.ExpertsPerToken * Config.ExpertIntermediateSize;

    public long ExpertOutput => (long)MaxTokens * Config.ExpertsPerToken * Config.HiddenSize;

    /// <summary>The same for the network that every token passes; one number where there is none, since no buffer is empty.</summary>
    public long SharedInner => (long)MaxTokens * Math.Max(1, Math.Max(Config.SharedIntermediateSize, Config.DenseIntermediateSize));

    public long Logits => (long)MaxTokens * Config.VocabularySize;

    /// <summary>Everything, in bytes.</summary>
    public long Bytes(ComputeDevice device) =>
        (sizeof(float) * ((2 * Config.LayerCount * Cache) + (3 * Hidden) + (2 * Queries) + RouterLogits + (2 * ExpertInner) + ExpertOutput + (2 * SharedInner) + Logits))
        + device.RoutingBytes(MaxTokens, Config.ExpertCount, Config.ExpertsPerToken);
}
