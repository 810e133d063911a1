using MoEQuant.Format;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Planning.Budget;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>What is known of a packed file before anything is quantized: its metadata, its names, and the bytes that do not depend on the recipes of linear matrices.</summary>
internal sealed class PackedOutline
{
    private readonly TensorPlan _tensors;
    private readonly IReadOnlyList<KeyValuePair<string, byte[]>> _files;

    /// <summary>Without the recipes of linear matrices, which do not matter here.</summary>
    private readonly QuantizationPlan _plan;

    /// <param name="tensors">The tensors that the model has.</param>
    /// <param name="files">The checkpoint's files that go into the packed file as they are.</param>
    /// <param name="options">Name and scheme.</param>
    public PackedOutline(TensorPlan tensors, IReadOnlyList<KeyValuePair<string, byte[]>> files, QuantizationOptions options)
    {
        (_tensors, _files) = (tensors, files);
        _plan = new(options, new Dictionary<string, MatrixTreatment>());
        Header = new(options.Name, options.Scheme.ToString(), ToolVersion.Current, ToolVersion.RuntimeRange, QuantizationRecord.Capacity(tensors.Layers.Count));
        Contents = new(
            [.. files.Select(file => file.Key)],
            [.. tensors.Tensors.Where(tensor => !_plan.IsPacked(tensor)).Select(tensor => tensor.Name)],
            [.. tensors.Tensors.Where(_plan.IsPacked).Select(tensor => tensor.Name)]);
    }

    /// <summary>The metadata.</summary>
    public PackedModelHeader Header { get; }

    /// <summary>The names.</summary>
    public PackedModelContents Contents { get; }

    /// <summary>Bytes of the file without its linear matrices: header, checkpoint files, plain tensors, embedding, head, routers, matrix table.</summary>
    public long FixedBytes =>
        PackedModelWriter.PayloadOffset(Header, Contents)
        + _files.Sum(file => PackedFormat.Align(file.Value.Length))
        + _tensors.Tensors.Sum(TensorBytes)
        + (long)PackedMatrixRecord.Size * Contents.Matrices.Count;

    private long TensorBytes(PlannedTensor tensor)
    {
        if (tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear)
            return 0;
        return _plan.IsPacked(tensor) ? RecipeCatalog.Bytes(tensor, _plan[tensor].Recipe!) : PackedFormat.Align(tensor.ElementCount * sizeof(float));
    }
}
