using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Runtime.Vectors;

/// <summary>e^x of four lanes.</summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ½ ln 2; e^r by the polynomial of Cephes' expf (S. Moshier), 2^n by adding to the exponent. The relative error is below 2·10⁻⁷. Below −86 the result is that of −86, 4·10⁻³⁸, above 88 that
/// of 88, 2·10³⁸. NaN gives NaN.
/// </remarks>
internal static class Exponential
{
    private const float Lowest = -86;
    private const float Highest = 88;
    private const float Log2E = 1.44269504088896341f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    // Added to a float it leaves the nearest integer in the lowest bits of the mantissa.
    private const float Round = 12582912;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Of(Vector128<float> x)
    {
        Vector128<float> lowest = Vector128.Create(Lowest), highest = Vector128.Create(Highest);
        x = Vector128.ConditionalSelect(Vector128.LessThan(x, lowest), lowest, x);
        x = Vector128.ConditionalSelect(Vector128.GreaterThan(x, highest), highest, x);
        Vector128<float> rounded = (x * Vector128.Create(Log2E)) + Vector128.Create(Round);
        Vector128<float> n = rounded - Vector128.Create(Round);
        Vector128<float> r = x - (n * Vector128.Create(Ln2High)) - (n * Vector128.Create(Ln2Low));
        Vector128<float> p = (Vector128.Create(1.9875691500e-4f) * r) + Vector128.Create(1.3981999507e-3f);
        p = (p * r) + Vector128.Create(8.3334519073e-3f);
        p = (p * r) + Vector128.Create(4.1665795894e-2f);
        p = (p * r) + Vector128.Create(1.6666665459e-1f);
        p = (p * r) + Vector128.Create(5.0000001201e-1f);
        p = (p * (r * r)) + r + Vector128<float>.One;
        return (p.AsInt32() + (rounded.AsInt32() << 23)).AsSingle();
    }
}
