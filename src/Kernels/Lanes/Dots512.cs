using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoEQuant.Kernels;

/// <summary>Dot products by AVX-512BW: VPMADDUBSW adds pairs of products in 16 bits, where eight or sixteen of them have room (see <see cref="IDots{TInt}"/>).</summary>
internal readonly struct Dots512 : IDots<Vector512<int>>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MostAdditions(int bits) => bits == 3 ? 16 : 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddProducts(Vector512<int> sum, Vector512<int> codes, Vector512<int> x) =>
        (sum.AsInt16() + Avx512BW.MultiplyAddAdjacent(codes.AsByte(), x.AsSByte())).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Total(Vector512<int> sum) => Avx512BW.MultiplyAddAdjacent(sum.AsInt16(), Vector512<short>.One);
}
