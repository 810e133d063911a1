using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Least-squares scale and zero point of 16 groups for given codes under H.</summary>
/// <remarks>
/// ŵ = s·c − m with m = s·z is linear in (s, m). With D = W − Ŵ and g = D H the loss changes by −2 g·(ds·c − dm·1) + (ds·c − dm·1) H (ds·c − dm·1)ᵀ; its minimum solves a system of two equations.
/// </remarks>
internal static unsafe class ParameterRefit
{
    private const int Lanes = 16;

    /// <summary>Below this part of its largest possible value the determinant says that the codes are (nearly) all equal: scale and zero point cannot be told apart.</summary>
    private const float SmallestDeterminant = 1e-4f;

    /// <summary>A scale that would shrink more than this is left alone: the codes cannot be trusted.</summary>
    private const float LargestShrinkage = 0.3f;

    /// <summary>Solves.</summary>
    /// <param name="scheme">Symmetric or not.</param>
    /// <param name="length">Columns.</param>
    /// <param name="codes">c [length][16].</param>
    /// <param name="gradient">g [length][16].</param>
    /// <param name="covariance">H within the group, row j at j·stride.</param>
    /// <param name="stride">Floats from one row of H to the next.</param>
    /// <param name="scale">The scales now.</param>
    /// <param name="zeroPoint">The zero points now.</param>
    /// <returns>New ones, as fp16 holds them; the old ones in lanes where there is no solution.</returns>
    public static (Vector512<float> Scale, Vector512<float> ZeroPoint) Solve(
        GroupScheme scheme, int length, float* codes, float* gradient, float* covariance, nint stride, Vector512<float> scale, Vector512<float> zeroPoint)
    {
        Vector512<float> cc = Vector512<float>.Zero, c1 = cc, gc = cc, g1 = cc;
        float ones = 0;
        for (int k = 0; k < length; k++)
        {
            // Σ_j c_j H_kj in two chains, because a single one would wait for each addition.
            Vector512<float> even = Vector512<float>.Zero, odd = even;
            float* row = covariance + k * stride;
            float sum = 0;
            for (int j = 0; j + 1 < length; j += 2)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Load(codes + j * Lanes), Vector512.Create(row[j]), even);
                odd = Vector512.FusedMultiplyAdd(Vector512.Load(codes + (j + 1) * Lanes), Vector512.Create(row[j + 1]), odd);
                sum += row[j] + row[j + 1];
            }

            if (length % 2 == 1)
            {
                even = Vector512.FusedMultiplyAdd(Vector512.Load(codes + (length - 1) * Lanes), Vector512.Create(row[length - 1]), even);
                sum += row[length - 1];
            }

            Vector512<float> code = Vector512.Load(codes + k * Lanes), g = Vector512.Load(gradient + k * Lanes);
            cc += code * (even + odd);
            c1 += code * Vector512.Create(sum);
            gc += g * code;
            g1 += g;
            ones += sum;
        }

        return scheme.Symmetric ? Symmetric(cc, c1, gc, g1, Vector512.Create(ones), scale, zeroPoint) : Asymmetric(cc, c1, gc, g1, Vector512.Create(ones), scale, zeroPoint);
    }

    private static (Vector512<float> Scale, Vector512<float> ZeroPoint) Symmetric(
        Vector512<float> cc, Vector512<float> c1, Vector512<float> gc, Vector512<float> g1, Vector512<float> ones, Vector512<float> scale, Vector512<float> zeroPoint)
    {
        Vector512<float> square = cc - (c1 + c1) * zeroPoint + zeroPoint * zeroPoint * ones;
        Vector512<float> next = HalfLanes.Round(scale + (gc - zeroPoint * g1) / square);
        return (Vector512.ConditionalSelect(Usable(next, scale) & Vector512.GreaterThan(square, Vector512<float>.Zero), next, scale), zeroPoint);
    }

    private static (Vector512<float> Scale, Vector512<float> ZeroPoint) Asymmetric(
        Vector512<float> cc, Vector512<float> c1, Vector512<float> gc, Vector512<float> g1, Vector512<float> ones, Vector512<float> scale, Vector512<float> zeroPoint)
    {
        Vector512<float> determinant = cc * ones - c1 * c1;
        Vector512<float> next = HalfLanes.Round(scale + (gc * ones - g1 * c1) / determinant);
        Vector512<float> offset = scale * zeroPoint + (gc * c1 - g1 * cc) / determinant;
        Vector512<float> usable = Usable(next, scale) & Vector512.GreaterThan(determinant, cc * ones * Vector512.Create(SmallestDeterminant));
        next = Vector512.ConditionalSelect(usable, next, scale);
        return (next, Vector512.ConditionalSelect(usable, HalfLanes.Round(offset * HalfLanes.Inverse(next)), zeroPoint));
    }

    private static Vector512<float> Usable(Vector512<float> next, Vector512<float> scale) => Vector512.GreaterThan(next, scale * Vector512.Create(LargestShrinkage));
}
