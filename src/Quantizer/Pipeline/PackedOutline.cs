using MoEQuant.Format;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What is known of a packed file before anything is quantized: its metadata, its names, and the bytes that do not depend on the recipes of linear matrices.</summary>
internal sealed class PackedOutline
{
    private readonly QuantizationSource _source;

    /// <summary>Without the recipes of linear matrices, which do not matter here.</summary>
    private readonly QuantizationPlan _plan;

    /// <param name="source">The model.</param>
    /// <param name="options">Name and scheme.</param>
    public PackedOutline(QuantizationSource source, QuantizationOptions options)
    {
        _source = source;
        _plan = new(options, new Dictionary<string, MatrixTreatment>());
        Header = new(options.Name, options.Scheme.ToString(), ToolVersion.Current, ToolVersion.RuntimeRange, QuantizationRecord.Capacity(source.Plan.Layers.Count));
        Contents = new(
            [.. source.Files.Select(file => file.Key)],
            [.. source.Plan.Tensors.Where(tensor => !_plan.IsPacked(tensor)).Select(tensor => tensor.Name)],
            [.. source.Plan.Tensors.Where(_plan.IsPacked).Select(tensor => tensor.Name)]);
    }

    /// <summary>The metadata.</summary>
    public PackedModelHeader Header { get; }

    /// <summary>The names.</summary>
    public PackedModelContents Contents { get; }

    /// <summary>Bytes of the file without its linear matrices: header, checkpoint files, plain tensors, embedding, head, routers, matrix table.</summary>
    public long FixedBytes =>
        PackedModelWriter.PayloadOffset(Header, Contents)
        + _source.Files.Sum(file => PackedFormat.Align(file.Value.Length))
        + _source.Plan.Tensors.Sum(TensorBytes)
        + (long)PackedMatrixRecord.Size * Contents.Matrices.Count;

    private long TensorBytes(PlannedTensor tensor)
    {
        if (tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear)
            return 0;
        return _plan.IsPacked(tensor) ? RecipeCatalog.Bytes(tensor, _plan[tensor].Recipe!) : PackedFormat.Align(tensor.ElementCount * sizeof(float));
    }
}
