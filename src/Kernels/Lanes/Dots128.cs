using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Kernels;

/// <summary>Dot products by the portable vector type: even and odd bytes apart, as 16-bit products.</summary>
internal readonly struct Dots128 : IDots<Vector128<int>>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MostAdditions(int bits) => bits == 3 ? 16 : 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddProducts(Vector128<int> sum, Vector128<int> codes, Vector128<int> x)
    {
        // Sixteen bits hold one product (at most 1920) and the sum of so many pairs, see IDots.
        Vector128<short> even = (codes.AsInt16() & Vector128.Create((short)0xFF)) * ((x.AsInt16() << 8) >> 8);
        Vector128<short> odd = (codes.AsInt16() >>> 8) * (x.AsInt16() >> 8);
        return (sum.AsInt16() + even + odd).AsInt32();
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector128<int> sum) => ((sum << 16) >> 16) + (sum >> 16);
}
