using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>Half-quadratic solver for the zero points of 16 groups at once, one per lane (HQQ, Badri and Shaji 2023).</summary>
/// <remarks>
/// Minimises Σ φ(w − (q − z)·s) over z with the l_p norm, p = 0.7, s fixed. One lane does one group in the order of its columns with separately rounded operations:
/// the result is that of the plain scalar loop, bit by bit, on every machine. Each group stops by itself when its mean absolute error no longer falls.
/// </remarks>
internal static unsafe class HqqSolver
{
    private const int Lanes = 16;

    /// <summary>Adding and subtracting 1.5·2^23 rounds a small float to the nearest integer, ties to even.</summary>
    private const float RoundingMagic = 12582912f;

    /// <summary>Finds the zero points.</summary>
    /// <param name="weights">Weight k of lane l at [k·16 + l].</param>
    /// <param name="length">Columns of the groups, at least 1.</param>
    /// <param name="maxCode">The largest code.</param>
    /// <param name="scale">The scales, not negative.</param>
    /// <param name="inverse">1/scale, zero where the scale is zero.</param>
    /// <param name="zeroPoint">The start.</param>
    public static Vector512<float> Solve(float* weights, int length, int maxCode, Vector512<float> scale, Vector512<float> inverse, Vector512<float> zeroPoint)
    {
        Vector512<float> best = zeroPoint, bestError = Vector512.Create(float.PositiveInfinity);
        Vector512<float> active = Vector512<float>.AllBitsSet, count = Vector512.Create((float)length);
        float beta = HqqOptions.FirstBeta;
        for (int step = 0; step < HqqOptions.MaxSteps; step++, beta *= HqqOptions.BetaGrowth)
        {
            (Vector512<float> error, Vector512<float> largest, Vector512<float> sum) = Measure(weights, length, maxCode, scale, inverse, zeroPoint);
            active &= Vector512.LessThan(error, bestError);
            if (Vector512.EqualsAll(active.AsInt32(), Vector512<int>.Zero))
                break;
            best = Vector512.ConditionalSelect(active, zeroPoint, best);
            bestError = Vector512.ConditionalSelect(active, error, bestError);
            if (Vector512.GreaterThanOrEqualAny(largest & active, Vector512.Create(HqqOptions.NeverSurvivesShrinkage)))
                sum = SumWithShrinkage(weights, length, maxCode, scale, inverse, zeroPoint, beta);
            zeroPoint = Vector512.ConditionalSelect(active, sum / count, zeroPoint);
        }

        return best;
    }

    /// <summary>Σ|w − ŵ|, max|w − ŵ| and Σ(q − w/s).</summary>
    private static (Vector512<float> Error, Vector512<float> Largest, Vector512<float> Sum) Measure(
        float* weights, int length, int maxCode, Vector512<float> scale, Vector512<float> inverse, Vector512<float> zeroPoint)
    {
        Vector512<float> error = Vector512<float>.Zero, largest = Vector512<float>.Zero, sum = Vector512<float>.Zero;
        Vector512<float> zero = Vector512<float>.Zero, max = Vector512.Create((float)maxCode), magic = Vector512.Create(RoundingMagic);
        for (int k = 0; k < length; k++)
        {
            Vector512<float> w = Vector512.Load(weights + k * Lanes);
            Vector512<float> scaled = w * inverse;
            Vector512<float> q = Vector512.MinNative(Vector512.MaxNative(scaled + zeroPoint, zero), max) + magic - magic;
            Vector512<float> distance = Vector512.Abs(w - (q - zeroPoint) * scale);
            error += distance;
            largest = Vector512.MaxNative(largest, distance);
            sum += q - scaled;
        }

        return (error, largest, sum);
    }

    /// <summary>Σ(q − (w − e)/s) with e = sign(x)·max(|x| − |x|^(p−1)/β, 0) of x = w − ŵ.</summary>
    private static Vector512<float> SumWithShrinkage(
        float* weights, int length, int maxCode, Vector512<float> scale, Vector512<float> inverse, Vector512<float> zeroPoint, float beta)
    {
        Vector512<float> sum = Vector512<float>.Zero, penalty = Vector512.Create(1 / beta);
        Vector512<float> zero = Vector512<float>.Zero, max = Vector512.Create((float)maxCode), magic = Vector512.Create(RoundingMagic);
        for (int k = 0; k < length; k++)
        {
            Vector512<float> w = Vector512.Load(weights + k * Lanes);
            Vector512<float> q = Vector512.MinNative(Vector512.MaxNative(w * inverse + zeroPoint, zero), max) + magic - magic;
            Vector512<float> x = w - (q - zeroPoint) * scale;
            Vector512<float> distance = Vector512.Abs(x);
            Vector512<float> kept = Vector512.MaxNative(distance - ShrinkagePower.Evaluate(distance) * penalty, zero);
            sum += q - (w - Vector512.CopySign(kept, x)) * inverse;
        }

        return sum;
    }
}
