using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace MoEQuant.Kernels;

/// <summary>Dot products by Arm64's SDOT: codes below 128 are the same number signed or not.</summary>
internal readonly struct DotsArm : IDots<Vector128<int>>
{
    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int MostAdditions(int bits) => 32;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddProducts(Vector128<int> sum, Vector128<int> codes, Vector128<int> x) =>
        Dp.DotProduct(sum, codes.AsSByte(), x.AsSByte());

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Total(Vector128<int> sum) => sum;
}
