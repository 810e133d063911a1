using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>e^x for the weights of attention: x at most a little above 0.</summary>
/// <remarks>
/// x = n·ln 2 + r with |r| ≤ ½ ln 2; e^r by the polynomial of Cephes' expf (S. Moshier), 2^n by adding to the exponent. The relative error is below 2·10⁻⁷. Below −86 the result is that of −86, 4·10⁻³⁸, which is nothing
/// beside the weight 1 that every row has. NaN gives NaN.
/// </remarks>
internal static class Exponential
{
    private const float Lowest = -86;
    private const float Log2E = 1.44269504088896341f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Of<TLanes, TFloat, TInt>(TFloat x)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        x = TLanes.Max(TLanes.Broadcast(Lowest), x);
        TInt n = TLanes.Round(TLanes.Multiply(x, TLanes.Broadcast(Log2E)));
        TFloat whole = TLanes.ToFloat(n);
        TFloat r = TLanes.SubtractProduct(TLanes.SubtractProduct(x, whole, TLanes.Broadcast(Ln2High)), whole, TLanes.Broadcast(Ln2Low));
        TFloat p = TLanes.MultiplyAdd(TLanes.Broadcast(1.9875691500e-4f), r, TLanes.Broadcast(1.3981999507e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(8.3334519073e-3f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(4.1665795894e-2f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(1.6666665459e-1f));
        p = TLanes.MultiplyAdd(p, r, TLanes.Broadcast(5.0000001201e-1f));
        p = TLanes.Add(TLanes.MultiplyAdd(p, TLanes.Multiply(r, r), r), TLanes.Broadcast(1));
        return TLanes.AsFloat(TLanes.AddInt(TLanes.AsInt(p), TLanes.ShiftLeft(n, 23)));
    }
}
