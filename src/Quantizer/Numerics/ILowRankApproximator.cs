namespace MoEQuant.Quantizer.Numerics;

/// <summary>Best rank-r approximations of a sequence of similar matrices of one shape.</summary>
internal interface ILowRankApproximator : IDisposable
{
    /// <summary>Sets <paramref name="factors"/> to U·√S and √S·V of the leading singular triplets of <paramref name="matrix"/> and returns the sum of their squared singular values: what ‖matrix‖² loses by subtracting them.</summary>
    double Approximate(FloatMatrix matrix, LowRankFactors factors);
}
