using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Functions that some backends lack.</summary>
internal static class DeviceMath
{
    private const float Log2OfE = 1.44269504f;

    // ln 2 in two parts, the first of which has few bits: n times it is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x, to 2 units in the last place; 0 below −87, and no more than e^88.</summary>
    /// <remarks>x = n ln 2 + r with |r| ≤ ln 2 / 2; the polynomial is that of Cephes' expf (S. Moshier), the power of two is written into the exponent's bits.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Exp(float x)
    {
        float clamped = x < -87 ? -87 : x > 88 ? 88 : x;
        int n = (int)((clamped * Log2OfE) + (clamped < 0 ? -0.5f : 0.5f));
        float r = clamped - (n * Ln2High) - (n * Ln2Low);
        float p = 1.9875691500e-4f;
        p = (p * r) + 1.3981999507e-3f;
        p = (p * r) + 8.3334519073e-3f;
        p = (p * r) + 4.1665795894e-2f;
        p = (p * r) + 1.6666665459e-1f;
        p = (p * r) + 5.0000001201e-1f;
        float result = ((p * r * r) + r + 1) * Interop.IntAsFloat((uint)(n + 127) << 23);
        return x < -87 ? 0 : result;
    }

    /// <summary>x / (1 + e^−x).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Silu(float x) => x / (1 + Exp(-x));
}
