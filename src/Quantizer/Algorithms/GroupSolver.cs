namespace MoEQuant.Quantizer.Algorithms;

/// <summary>How the parameters of a group are found.</summary>
internal enum GroupSolver
{
    /// <summary>Scale and zero point from the smallest and largest weight; weights rounded to the nearest code.</summary>
    RoundToNearest,

    /// <summary>Half-quadratic quantization: the scale from smallest and largest weight, the zero point solved for (symmetric groups: the scale solved for).</summary>
    Hqq,
}
