namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>The constants of the half-quadratic solver, as published with HQQ (Badri and Shaji 2023). The norm p = 0.7 is fixed in <see cref="ShrinkagePower"/>.</summary>
internal static class HqqOptions
{
    /// <summary>Steps at most.</summary>
    public const int MaxSteps = 20;

    /// <summary>β of the first step: the weight of the quadratic penalty.</summary>
    public const float FirstBeta = 10f;

    /// <summary>β grows by this factor each step.</summary>
    public const float BetaGrowth = 1.01f;

    /// <summary>Errors below this shrink to zero in every step: x ≤ x^(p−1)/β there, because x^(2−p) ≤ 0.0776 while 1/β ≥ 0.0827. Lets the solver leave out the power where it cannot matter.</summary>
    public const float NeverSurvivesShrinkage = 0.14f;
}
