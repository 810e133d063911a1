namespace MoEQuant.Kernels;

/// <summary>Where the scales of a low-rank factor lie.</summary>
internal static unsafe class FactorScales
{
    /// <summary>The half-precision scale of one group of one row.</summary>
    public static byte* At(in LowRankFactor factor, int row, int group) =>
        factor.Data + factor.Shape.ScaleOffset + ((long)row * factor.Shape.GroupCount + group) * 2;
}
