using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace MoEQuant.Kernels;

/// <summary>Dot products by AVX2: VPMADDUBSW adds pairs of products in 16 bits, where eight or sixteen of them have room (see <see cref="IDots{TInt}"/>).</summary>
internal readonly struct Dots256 : IDots<Vector256<int>>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MostAdditions(int bits) => bits == 3 ? 16 : 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddProducts(Vector256<int> sum, Vector256<int> codes, Vector256<int> x) =>
        (sum.AsInt16() + Avx2.MultiplyAddAdjacent(codes.AsByte(), x.AsSByte())).AsInt32();

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Total(Vector256<int> sum) => Avx2.MultiplyAddAdjacent(sum.AsInt16(), Vector256<short>.One);
}
