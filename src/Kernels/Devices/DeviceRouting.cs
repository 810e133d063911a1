namespace MoEQuant.Kernels.Devices;

/// <summary>
/// Which tokens of a batch go to which experts, in the memory of a device: the choices and weights of every token, and the inverse, the (token, choice) pairs sorted by expert. A
/// pair's place in that order is its slot; within an expert, tokens keep their order. <see cref="ComputeDevice.Route"/> fills it; the host never sees it.
/// </summary>
/// <param name="device">The device.</param>
/// <param name="maxTokens">The most tokens of a batch.</param>
/// <param name="expertCount">Experts.</param>
/// <param name="expertsPerToken">Experts chosen per token.</param>
/// <param name="byteLength">What is occupied, in bytes.</param>
public abstract class DeviceRouting(ComputeDevice device, int maxTokens, int expertCount, int expertsPerToken, long byteLength) : DeviceResource(device, byteLength)
{
    /// <summary>The most tokens of a batch.</summary>
    public int MaxTokens { get; } = maxTokens;

    /// <summary>Experts.</summary>
    public int ExpertCount { get; } = expertCount;

    /// <summary>Experts chosen per token.</summary>
    public int ExpertsPerToken { get; } = expertsPerToken;

    /// <summary>Tokens of the batch that was routed last; 0 before the first.</summary>
    public int TokenCount { get; internal set; }

    /// <summary>Slots of the batch that was routed last: <see cref="TokenCount"/> · <see cref="ExpertsPerToken"/>.</summary>
    public int SlotCount => TokenCount * ExpertsPerToken;
}
