using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.EAQuant;

/// <summary>Round-to-nearest quantization of one group whose range is cut first: the codes span r · [lowest, highest], weights beyond saturate (the clip search of DuQuant, arXiv 2406.01721).</summary>
internal static class ClippedGroup
{
    /// <summary>Quantizes a group.</summary>
    /// <param name="weights">The group's weights, finite.</param>
    /// <param name="scheme">Bits and symmetry.</param>
    /// <param name="ratio">r, 0 to 1; 1 cuts nothing.</param>
    /// <param name="codes">Receives the codes.</param>
    /// <param name="dequantized">Receives what they stand for.</param>
    /// <returns>Scale and zero point as stored.</returns>
    public static (Half Scale, Half ZeroPoint) Quantize(ReadOnlySpan<float> weights, GroupScheme scheme, float ratio, Span<byte> codes, Span<float> dequantized)
    {
        float lowest = weights[0], highest = weights[0];
        foreach (float weight in weights)
        {
            lowest = Math.Min(lowest, weight);
            highest = Math.Max(highest, weight);
        }

        (Half scale, float exactZero) = scheme.Symmetric
            ? (GroupStart.Symmetric(lowest * ratio, highest * ratio, scheme.MiddleCode), scheme.MiddleCode)
            : GroupStart.Asymmetric(lowest * ratio, highest * ratio, scheme.MaxCode);
        Half zeroPoint = (Half)exactZero;
        float step = (float)scale, zero = (float)zeroPoint, inverse = step > 0 ? 1 / step : 0;
        for (int i = 0; i < weights.Length; i++)
        {
            float code = Math.Clamp(MathF.Round((weights[i] * inverse) + zero), 0, scheme.MaxCode);
            codes[i] = (byte)code;
            dequantized[i] = (code - zero) * step;
        }

        return (scale, zeroPoint);
    }
}
