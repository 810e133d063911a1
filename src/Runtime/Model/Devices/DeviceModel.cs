using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Devices;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>The network of every family in the memory of a device; sessions share it. The tensor plan says what it consists of, as it does for <see cref="DecoderModel"/>.</summary>
internal sealed class DeviceModel : IDisposable
{
    private readonly DeviceLoader _loader;

    private DeviceModel(ModelConfig config, DeviceLoader loader, TensorPlan plan, DeviceWorkspaceSize workspace)
    {
        _loader = loader;
        Config = config;
        WorkspaceSize = workspace;
        Embedding = loader.Table(plan.Embedding);
        Layers = [.. plan.Layers.Select(layer => new DeviceLayer(config, layer, loader))];
        FinalNorm = loader.Vector(plan.FinalNorm);
        Head = loader.Matrix(plan.Head ?? plan.Embedding);
        Rotations = loader.Rows(RotationsOf(config, workspace.ContextLength), workspace.ContextLength);
    }

    public ModelConfig Config { get; }

    public ComputeDevice Device => _loader.Device;

    /// <summary>What every session allocates.</summary>
    public DeviceWorkspaceSize WorkspaceSize { get; }

    /// <summary>A table, to be looked up in.</summary>
    public DeviceMatrix Embedding { get; }

    public DeviceLayer[] Layers { get; }

    public DeviceRows FinalNorm { get; }

    public DeviceMatrix Head { get; }

    /// <summary>Cosines and sines of all positions, [context, head dimension]: computed once, in double precision, so that no step uploads any.</summary>
    public DeviceRows Rotations { get; }

    /// <summary>Uploads a model, if it fits together with the buffers of one text.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="source">The weights; not needed afterwards.</param>
    /// <param name="device">The device.</param>
    /// <param name="contextLength">The most tokens of a text.</param>
    /// <param name="prefillBatch">The most tokens of one pass.</param>
    /// <exception cref="MoEQuantException">It does not fit (MOEQ5060), or wants its activations treated in a way that devices do not know (MOEQ5062).</exception>
    public static DeviceModel Load(ModelConfig config, IWeightSource source, ComputeDevice device, int contextLength, int prefillBatch)
    {
        TensorPlan plan = TensorPlan.For(config);
        var workspace = new DeviceWorkspaceSize(config, contextLength, Math.Min(prefillBatch, contextLength));
        var loader = new DeviceLoader(source, device);
        long weights = loader.MeasureWeights(plan) + ((long)contextLength * config.HeadDimension * sizeof(float)), text = workspace.Bytes(device);
        if (weights + text > device.AvailableBytes)
            throw TooLarge(device, weights, text, workspace, null);
        try
        {
            return new DeviceModel(config, loader, plan, workspace);
        }
        catch (Exception e)
        {
            loader.Dispose();
            if (e is DeviceMemoryException)
                throw TooLarge(device, weights, text, workspace, e);
            throw;
        }
    }

    /// <summary>Frees the weights, after the operations that use them.</summary>
    public void Dispose() => _loader.Dispose();

    private static MoEQuantException TooLarge(ComputeDevice device, long weights, long text, DeviceWorkspaceSize workspace, Exception? inner) => new(
        DeviceDiagnostics.ModelTooLarge, string.Create(CultureInfo.InvariantCulture,
            $"{weights + text} bytes are needed on {device.Name}, {weights} for weights and {text} for a text of {workspace.ContextLength} tokens read in batches of {workspace.MaxTokens}; available are {device.AvailableBytes} of a budget of {device.MemoryBudget}."),
        null, inner);

    private static float[] RotationsOf(ModelConfig config, int positions)
    {
        RotaryEmbedding rotary = RotaryEmbedding.For(config);
        int dimension = config.HeadDimension;
        var rotations = new float[checked(positions * dimension)];
        for (int position = 0; position < positions; position++)
        {
            Span<float> row = rotations.AsSpan(position * dimension, dimension);
            rotary.FillRotation(position, row[..(dimension / 2)], row[(dimension / 2)..]);
        }

        return rotations;
    }
}
