using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Vectors;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>A linear projection with its optional bias.</summary>
internal sealed class Projection(LinearWeights weights, float[]? bias)
{
    public LinearWeights Weights => weights;

    public static Projection Load(IWeightSource source, ProjectionPlan plan) =>
        new(source.GetLinear(plan.Weight), plan.Bias is null ? null : source.GetVector(plan.Bias));

    public void AddBias(Span<float> output)
    {
        if (bias is not null)
            VectorMath.Add(output, bias, output);
    }
}
