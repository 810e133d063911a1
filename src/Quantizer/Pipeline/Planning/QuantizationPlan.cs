using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>How every tensor of a model is stored. Settled before the first matrix is quantized, so that any unit can be made without the others.</summary>
internal sealed class QuantizationPlan
{
    private readonly QuantizationOptions _options;
    private readonly IReadOnlyDictionary<string, MatrixTreatment> _linear;

    /// <param name="options">What the user decided.</param>
    /// <param name="linear">The treatment of each linear matrix by tensor name.</param>
    public QuantizationPlan(QuantizationOptions options, IReadOnlyDictionary<string, MatrixTreatment> linear)
    {
        _options = options;
        _linear = linear;
    }

    /// <summary>The treatment of a tensor. Norms, routers and biases stay floats: they are small, and routing is sensitive to them.</summary>
    public MatrixTreatment this[PlannedTensor tensor] => tensor.Role switch
    {
        TensorRole.DenseLinear or TensorRole.ExpertLinear => _linear[tensor.Name],
        TensorRole.Embedding or TensorRole.Head => new(new(new(_options.EmbeddingBits, _options.GroupSize), RoundingMethod.Nearest, 0, _options.CompensatorBits), 0),
        _ => MatrixTreatment.Plain,
    };

    /// <summary>The same recipe for every matrix of a class.</summary>
    public static QuantizationPlan Uniform(TensorPlan tensors, QuantizationOptions options) => new(options, tensors.Tensors
        .Where(tensor => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear)
        .ToDictionary(tensor => tensor.Name, tensor => Compensated(tensor, options, tensor.Role == TensorRole.DenseLinear ? options.DenseRank : options.SparseRank)));

    internal static MatrixTreatment Compensated(PlannedTensor tensor, QuantizationOptions options, int rank) => new(
        new(new(options.Scheme.WeightBits, options.GroupSize, options.Symmetric), options.Rounding, Math.Min(rank, Math.Min(tensor.Rows, tensor.Columns)), options.CompensatorBits), rank);
}
