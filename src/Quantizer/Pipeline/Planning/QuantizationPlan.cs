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

    /// <summary>What was decided for each linear matrix, by tensor name; all else follows from the options.</summary>
    public IReadOnlyDictionary<string, MatrixTreatment> Linear => _linear;

    /// <summary>The treatment of a tensor. Norms and biases stay floats, and so do routers unless bits are asked for: they are small, and routing is sensitive to them.</summary>
    public MatrixTreatment this[PlannedTensor tensor] => tensor.Role switch
    {
        TensorRole.DenseLinear or TensorRole.ExpertLinear => ActivationPlan.Apply(RotationPlan.Apply(_linear[tensor.Name], tensor, _options), _options),
        TensorRole.Embedding or TensorRole.Head => Rounded(_options.EmbeddingBits),
        TensorRole.Router when _options.RouterBits < 32 => Rounded(_options.RouterBits),
        _ => MatrixTreatment.Plain,
    };

    /// <summary>Whether a tensor becomes a packed matrix.</summary>
    public bool IsPacked(PlannedTensor tensor) => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear || this[tensor].Recipe is not null;

    private MatrixTreatment Rounded(int bits) => new(new(new(bits, _options.GroupSize), RoundingMethod.Nearest), 0);
}
