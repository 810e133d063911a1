using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Tests.Weights;

/// <summary>All weights of another source written out as floats, row by row.</summary>
internal static class DequantizedWeightSource
{
    public static InMemoryWeightSource From(IWeightSource source, TensorPlan plan) => new(Tensors(source, plan));

    /// <summary>The weights by tensor name.</summary>
    public static Dictionary<string, float[]> Tensors(IWeightSource source, TensorPlan plan)
    {
        var tensors = new Dictionary<string, float[]>();
        foreach (PlannedTensor tensor in plan.Tensors)
            tensors[tensor.Name] = tensor.IsVector ? source.GetVector(tensor) : Matrix(source.GetLinear(tensor));
        return tensors;
    }

    private static float[] Matrix(LinearWeights weights)
    {
        var values = new float[weights.OutFeatures * weights.InFeatures];
        for (int row = 0; row < weights.OutFeatures; row++)
            weights.ReadRow(row, values.AsSpan(row * weights.InFeatures, weights.InFeatures));
        return values;
    }
}
