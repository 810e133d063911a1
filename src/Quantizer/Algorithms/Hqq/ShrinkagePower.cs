using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>x^(p−1) for HQQ's norm p = 0.7, computed the same way on every machine.</summary>
/// <remarks>The library's power functions may differ in their last bit between processors and runtimes; here every operation is an exactly rounded IEEE 754 one.</remarks>
internal static class ShrinkagePower
{
    /// <summary>The norm of the HQQ objective.</summary>
    public const double Norm = 0.7;

    /// <summary>Largest relative error of <see cref="Evaluate"/> against the exact power (3.0e-6 measured over all exponents with 512 mantissas each).</summary>
    public const double MaxRelativeError = 1e-5;

    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>x^(−0.3) for x ≥ 0. Zero and subnormal x give the value of the smallest normal number: still so large that shrinkage makes the error zero.</summary>
    public static Vector512<float> Evaluate(Vector512<float> x)
    {
        x = Vector512.MaxNative(x, Vector512.Create(SmallestNormal));

        // x = 2^e · m with m in [√½, √2); log2(m) = 2/ln 2 · atanh((m − 1)/(m + 1)) by its odd series.
        Vector512<int> bits = x.AsInt32();
        Vector512<int> exponent = Vector512.ShiftRightArithmetic(bits - Vector512.Create(0x3F3504F3), 23);
        Vector512<float> mantissa = (bits - Vector512.ShiftLeft(exponent, 23)).AsSingle();
        Vector512<float> one = Vector512<float>.One;
        Vector512<float> t = (mantissa - one) / (mantissa + one);
        Vector512<float> t2 = t * t;
        Vector512<float> series = Vector512.Create(0.41219859f) * t2 + Vector512.Create(0.57707802f);
        series = series * t2 + Vector512.Create(0.96179669f);
        series = series * t2 + Vector512.Create(2.8853901f);
        Vector512<float> power = (Vector512.ConvertToSingle(exponent) + series * t) * Vector512.Create((float)(Norm - 1));

        // 2^power = 2^n · 2^f, n the nearest integer: adding 1.5·2^23 leaves n in the low bits of the sum.
        Vector512<float> magic = Vector512.Create(12582912f);
        Vector512<float> shifted = power + magic;
        Vector512<float> f = power - (shifted - magic);
        Vector512<float> exponential = Vector512.Create(1.5403530e-4f) * f + Vector512.Create(1.3333558e-3f);
        exponential = exponential * f + Vector512.Create(9.6181291e-3f);
        exponential = exponential * f + Vector512.Create(5.5504109e-2f);
        exponential = exponential * f + Vector512.Create(0.24022651f);
        exponential = exponential * f + Vector512.Create(0.69314718f);
        exponential = exponential * f + one;
        return (exponential.AsInt32() + Vector512.ShiftLeft(shifted.AsInt32() - magic.AsInt32(), 23)).AsSingle();
    }
}
