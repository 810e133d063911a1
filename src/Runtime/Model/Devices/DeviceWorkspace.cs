using MoEQuant.Kernels.Devices;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>All memory that one text needs on a device, allocated once: cache and work buffers of passes up to a given number of tokens.</summary>
internal sealed class DeviceWorkspace : IDisposable
{
    private readonly List<DeviceResource> _owned = [];
    private readonly ComputeDevice _device;

    /// <exception cref="DeviceMemoryException">There is not enough memory; nothing stays allocated.</exception>
    public DeviceWorkspace(ComputeDevice device, DeviceWorkspaceSize size)
    {
        _device = device;
        try
        {
            Keys = [.. Enumerable.Range(0, size.Config.LayerCount).Select(_ => Allocate(size.Cache))];
            Values = [.. Enumerable.Range(0, size.Config.LayerCount).Select(_ => Allocate(size.Cache))];
            Hidden = Allocate(size.Hidden);
            Normalised = Allocate(size.Hidden);
            Branch = Allocate(size.Hidden);
            Queries = Allocate(size.Queries);
            AttentionOutput = Allocate(size.Queries);
            RouterLogits = Allocate(size.RouterLogits);
            ExpertInner = Allocate(size.ExpertInner);
            ExpertWork = Allocate(size.ExpertInner);
            ExpertOutput = Allocate(size.ExpertOutput);
            SharedInner = Allocate(size.SharedInner);
            SharedWork = Allocate(size.SharedInner);
            Logits = Allocate(size.Logits);
            Routing = device.CreateRouting(size.MaxTokens, size.Config.ExpertCount, size.Config.ExpertsPerToken);
            _owned.Add(Routing);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Per layer: keys of all positions so far, [context, key-value size].</summary>
    public DeviceBuffer[] Keys { get; }

    /// <summary>Per layer: values, as <see cref="Keys"/>.</summary>
    public DeviceBuffer[] Values { get; }

    /// <summary>The residual stream, [tokens, hidden].</summary>
    public DeviceBuffer Hidden { get; }

    public DeviceBuffer Normalised { get; }

    /// <summary>The output of a branch before it is added to the residual stream, [tokens, hidden].</summary>
    public DeviceBuffer Branch { get; }

    public DeviceBuffer Queries { get; }

    public DeviceBuffer AttentionOutput { get; }

    public DeviceBuffer RouterLogits { get; }

    public DeviceRouting Routing { get; }

    public DeviceBuffer ExpertInner { get; }

    public DeviceBuffer ExpertWork { get; }

    public DeviceBuffer ExpertOutput { get; }

    public DeviceBuffer SharedInner { get; }

    public DeviceBuffer SharedWork { get; }

    public DeviceBuffer Logits { get; }

    public void Dispose()
    {
        foreach (DeviceResource resource in _owned)
            resource.Dispose();
        _owned.Clear();
    }

    private DeviceBuffer Allocate(long length)
    {
        DeviceBuffer buffer = _device.Allocate(length);
        _owned.Add(buffer);
        return buffer;
    }
}
