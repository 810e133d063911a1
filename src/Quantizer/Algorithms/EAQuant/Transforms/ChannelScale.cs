using System.Numerics.Tensors;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>A diagonal map that divides every channel by its scale: x'_j = x_j / s_j, and the layer behind takes W'_ij = W_ij · s_j (SmoothQuant, arXiv 2211.10438, equation 3).</summary>
internal sealed class ChannelScale : ChannelMap
{
    private readonly float[] _scales;

    /// <param name="scales">s, one per channel, finite. Zero is allowed where only <see cref="ApplyDual"/> is used: a folded norm weight may be zero.</param>
    /// <exception cref="ArgumentException">A scale is not finite.</exception>
    public ChannelScale(float[] scales)
        : base(scales.Length)
    {
        if (!TensorPrimitives.IsFiniteAll<float>(scales))
            throw new ArgumentException("A channel's scale is not finite.", nameof(scales));
        _scales = scales;
    }

    public override void Apply(Span<float> x) => TensorPrimitives.Divide(x, _scales, x);

    public override void ApplyDual(Span<float> w) => TensorPrimitives.Multiply(w, _scales, w);

    public override void ApplyToRows(FloatMatrix weights, int firstRow = 0)
    {
        for (int row = 0; row < weights.Rows; row++)
            TensorPrimitives.Divide(weights.Row(row), _scales[firstRow + row], weights.Row(row));
    }
}
