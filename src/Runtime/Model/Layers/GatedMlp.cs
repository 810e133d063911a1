using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Vectors;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>The weights of <c>down(silu(gate(x)) · up(x))</c>.</summary>
internal sealed class GatedMlp(LinearWeights gate, LinearWeights up, LinearWeights down)
{
    public LinearWeights Gate => gate;

    public LinearWeights Up => up;

    public LinearWeights Down => down;

    /// <summary>The inner width.</summary>
    public int Width => gate.OutFeatures;

    /// <summary>The projections, for sizing work buffers.</summary>
    public IEnumerable<LinearWeights> Weights => [gate, up, down];

    public static GatedMlp Load(IWeightSource source, GatedMlpPlan plan) => new(source.GetLinear(plan.Gate), source.GetLinear(plan.Up), source.GetLinear(plan.Down));

    /// <summary>silu(gate) · up, elementwise; silu(x) = x / (1 + e^-x).</summary>
    /// <param name="gate">gate's outputs.</param>
    /// <param name="up">up's outputs; overwritten.</param>
    /// <param name="destination">Receives the results; may be <paramref name="gate"/>.</param>
    public static void Activate(ReadOnlySpan<float> gate, Span<float> up, Span<float> destination)
    {
        VectorMath.Multiply(gate, up, up);
        VectorMath.Sigmoid(gate, destination);
        VectorMath.Multiply(destination, up, destination);
    }
}
