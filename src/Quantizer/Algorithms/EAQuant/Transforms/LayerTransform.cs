using MoEQuant.Quantizer.Numerics;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>
/// The equivalent transformations of a layer, or of a model: what happens to each tensor, and with it to captured activations and covariances. Transforms accumulate in the order in which they
/// are added; together they leave the function unchanged.
/// </summary>
internal sealed class LayerTransform
{
    private readonly Dictionary<string, TensorTransform> _tensors = new(StringComparer.Ordinal);

    /// <summary>True when nothing is transformed.</summary>
    public bool IsEmpty => _tensors.Count == 0;

    /// <summary>The transform of a tensor; null where it stays as it is.</summary>
    public TensorTransform? this[PlannedTensor tensor] => _tensors.GetValueOrDefault(tensor.Name);

    /// <summary>Adds a transform behind those that the tensor already has.</summary>
    public void Add(PlannedTensor tensor, TensorTransform transform) =>
        _tensors[tensor.Name] = _tensors.TryGetValue(tensor.Name, out TensorTransform? present) ? present.Then(transform) : transform;

    /// <summary>A producer's outputs and its consumers' inputs change to x' = M x.</summary>
    /// <param name="map">M.</param>
    /// <param name="producers">What makes the channels: a norm weight, or a projection with its bias.</param>
    /// <param name="consumers">Every matrix that reads them; one that is left out would compute something else.</param>
    public void Connect(ChannelMap map, IEnumerable<PlannedTensor> producers, IEnumerable<PlannedTensor> consumers)
    {
        foreach (PlannedTensor producer in producers)
            Add(producer, new TensorTransform(Output: map));
        foreach (PlannedTensor consumer in consumers)
            Add(consumer, new TensorTransform(Input: map));
    }

    /// <summary>Transforms a whole matrix in place.</summary>
    public void ApplyTo(PlannedTensor tensor, FloatMatrix weights) => this[tensor]?.ApplyTo(weights);

    /// <summary>Transforms a norm weight or bias in place.</summary>
    public void ApplyTo(PlannedTensor tensor, Span<float> vector) => this[tensor]?.ApplyTo(vector);

    /// <summary>Transforms captured inputs of a matrix in place, [tokens, columns]: what it would have seen.</summary>
    public void ApplyToInputsOf(PlannedTensor tensor, FloatMatrix tokens) => this[tensor]?.Input?.ApplyToTokens(tokens);

    /// <summary>Transforms the second moments of a matrix's inputs in place, [columns, columns].</summary>
    public void ApplyToCovarianceOf(PlannedTensor tensor, FloatMatrix covariance) => this[tensor]?.Input?.ApplyToCovariance(covariance);
}
