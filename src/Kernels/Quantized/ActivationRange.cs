namespace MoEQuant.Kernels;

/// <summary>The quantization of one group of activations that follows from its smallest and largest value; see <see cref="ActivationScheme"/>.</summary>
/// <remarks>Divisions and products of single precision, each correctly rounded: the same numbers on every machine.</remarks>
internal readonly struct ActivationRange
{
    // Below it 127 / range would overflow, and such activations are zero for every purpose.
    private const float Smallest = 1e-30f;

    /// <summary>Finds scale and code range.</summary>
    /// <param name="scheme">The scheme.</param>
    /// <param name="low">The smallest of the group's values and 0.</param>
    /// <param name="high">The largest of the group's values and 0.</param>
    public ActivationRange(in ActivationScheme scheme, float low, float high)
    {
        float steps = scheme.Bits == 8 ? 127 : 15;
        float range = (scheme.Bits == 8 ? MathF.Max(-low, high) : high - low) * scheme.ClipRatio;
        if (range < Smallest)
            return;
        if (!float.IsFinite(range))
        {
            // No code can say it: the scale lets it show in the results.
            Scale = float.NaN;
            return;
        }
        Scale = range / steps;
        Inverse = steps / range;
        int zero = scheme.Bits == 8 ? 127 : Math.Clamp((int)MathF.Round(-low * scheme.ClipRatio * Inverse), 0, 15);
        Lowest = -zero;
        Highest = scheme.Bits == 8 ? 127 : 15 - zero;
    }

    /// <summary>The value of one code step; 0 when all values are zero.</summary>
    public float Scale { get; }

    /// <summary>Code steps per unit; 0 when all values are zero.</summary>
    public float Inverse { get; }

    /// <summary>The smallest code: minus the zero point.</summary>
    public int Lowest { get; }

    /// <summary>The largest code.</summary>
    public int Highest { get; }
}
