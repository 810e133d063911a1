using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Model.Layers;

/// <summary>Root-mean-square normalisation: y = x / sqrt(mean(x²) + ε) · w (Zhang and Sennrich, arXiv 1910.07467).</summary>
internal sealed class RmsNorm(float[] weight, float epsilon)
{
    /// <summary>Normalises one vector; source and destination may be the same.</summary>
    public void Apply(ReadOnlySpan<float> source, Span<float> destination)
    {
        float scale = 1 / MathF.Sqrt((VectorMath.SumOfSquares(source) / source.Length) + epsilon);
        VectorMath.Multiply(source, scale, destination);
        VectorMath.Multiply(destination, weight, destination);
    }
}
