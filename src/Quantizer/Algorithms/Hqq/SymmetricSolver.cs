using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>Scales of 16 symmetric groups at once, one per lane: codes and scale are improved in turn (Lloyd's iteration) until the squared error no longer falls.</summary>
/// <remarks>A symmetric group has no zero point to solve for. Same order and rounding rules as <see cref="HqqSolver"/>.</remarks>
internal static unsafe class SymmetricSolver
{
    private const int Lanes = 16;
    private const float RoundingMagic = 12582912f;

    /// <summary>Finds scales that fp16 holds exactly.</summary>
    /// <param name="weights">Weight k of lane l at [k·16 + l].</param>
    /// <param name="length">Columns of the groups.</param>
    /// <param name="middleCode">The code of zero.</param>
    /// <param name="scale">The start.</param>
    public static Vector512<float> Solve(float* weights, int length, int middleCode, Vector512<float> scale)
    {
        Vector512<float> best = scale, bestError = Vector512.Create(float.PositiveInfinity), active = Vector512<float>.AllBitsSet;
        for (int step = 0; step < HqqOptions.MaxSteps; step++)
        {
            (Vector512<float> error, Vector512<float> product, Vector512<float> square) = Measure(weights, length, middleCode, scale);
            active &= Vector512.LessThan(error, bestError);
            if (Vector512.EqualsAll(active.AsInt32(), Vector512<int>.Zero))
                break;
            best = Vector512.ConditionalSelect(active, scale, best);
            bestError = Vector512.ConditionalSelect(active, error, bestError);
            Vector512<float> next = product / Vector512.MaxNative(square, Vector512<float>.One);
            scale = Vector512.ConditionalSelect(active, HalfLanes.Round(next), scale);
        }

        return best;
    }

    /// <summary>Σ(w − c·s)², Σ w·c and Σ c² with c = q − middle.</summary>
    private static (Vector512<float> Error, Vector512<float> Product, Vector512<float> Square) Measure(float* weights, int length, int middleCode, Vector512<float> scale)
    {
        Vector512<float> error = Vector512<float>.Zero, product = Vector512<float>.Zero, square = Vector512<float>.Zero;
        Vector512<float> inverse = HalfLanes.Inverse(scale), magic = Vector512.Create(RoundingMagic);
        Vector512<float> lowest = Vector512.Create((float)-middleCode), highest = Vector512.Create((float)(middleCode - 1));
        for (int k = 0; k < length; k++)
        {
            Vector512<float> w = Vector512.Load(weights + k * Lanes);
            Vector512<float> c = Vector512.MinNative(Vector512.MaxNative(w * inverse, lowest), highest) + magic - magic;
            Vector512<float> x = w - c * scale;
            error += x * x;
            product += w * c;
            square += c * c;
        }

        return (error, product, square);
    }
}
