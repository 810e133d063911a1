namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>Scale and zero point of one group from its smallest and largest weight, as fp16 can hold them.</summary>
internal static class GroupStart
{
    /// <summary>A zero point so far out would not fit into fp16; a group this narrow for its distance from zero is constant as far as fp16 can tell.</summary>
    private const float LargestZeroPoint = 60000;

    private const float LargestHalf = 65504;

    /// <summary>The asymmetric start: codes 0 … <paramref name="maxCode"/> span [lowest, highest]. Weights are finite.</summary>
    /// <returns>The scale as stored and a zero point of magnitude at most 60000. A scale of zero occurs only where every weight rounds to zero.</returns>
    public static (Half Scale, float ZeroPoint) Asymmetric(float lowest, float highest, int maxCode)
    {
        // Half of each, because the difference of two huge floats may overflow.
        float step = (highest * 0.5f - lowest * 0.5f) / maxCode * 2;
        Half scale = RoundUpWhereCoarse(step);
        if (scale == Half.Zero || Math.Abs(lowest) > LargestZeroPoint * (float)scale)
            return Constant(lowest * 0.5f + highest * 0.5f);
        return (scale, -lowest / (float)scale);
    }

    /// <summary>The symmetric start: every weight lies within the codes 0 … 2·middle − 1 around the middle one.</summary>
    public static Half Symmetric(float lowest, float highest, int middleCode) =>
        RoundUpWhereCoarse(Math.Max(highest / (middleCode - 1), -lowest / middleCode));

    /// <summary>One value c for the whole group: |c| is the scale, and the codes 1 and 0 around zero point 0 or 1 give c and −c.</summary>
    private static (Half Scale, float ZeroPoint) Constant(float value) =>
        ((Half)Math.Min(Math.Abs(value), LargestHalf), value < 0 ? 1 : 0);

    /// <summary>The nearest fp16, but the one above where the nearest is much smaller (subnormal numbers): a scale too small would cut the group's ends off.</summary>
    private static Half RoundUpWhereCoarse(float step)
    {
        Half nearest = (Half)Math.Min(step, LargestHalf);
        return (float)nearest < step * 0.999f && nearest < Half.MaxValue ? Half.BitIncrement(nearest) : nearest;
    }
}
