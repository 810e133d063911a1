using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Scales and zero points of one group for the rows of a strip.</summary>
internal static unsafe class GroupParameters
{
    /// <summary>Bytes from a row's scale to its zero point.</summary>
    private const int ZeroPointOffset = PackedShape.TileRows * 2;

    /// <summary>The zero points minus the middle of the code range: what remains to subtract when codes are centred.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Shift<TLanes, TFloat, TInt>(byte* scales, bool symmetric, int bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        symmetric
            ? TLanes.Zero
            : TLanes.Add(HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales + ZeroPointOffset), TLanes.Broadcast(-(1 << (bits - 1))));

    /// <summary>The zero points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat ZeroPoint<TLanes, TFloat, TInt>(byte* scales, bool symmetric, int bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        symmetric ? TLanes.Broadcast(1 << (bits - 1)) : HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales + ZeroPointOffset);

    /// <summary>The zero points with their sign changed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat NegatedZeroPoint<TLanes, TFloat, TInt>(byte* scales, bool symmetric, int bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.AsFloat(TLanes.Xor(TLanes.AsInt(ZeroPoint<TLanes, TFloat, TInt>(scales, symmetric, bits)), TLanes.BroadcastInt(int.MinValue)));

    /// <summary>The sum of a token's values in one group: of 1, 2 or 4 entries of <see cref="ActivationBlock.GroupSums"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float GroupSum(float* sums, int groupSize) => groupSize switch
    {
        32 => sums[0],
        64 => sums[0] + sums[1],
        _ => (sums[0] + sums[1]) + (sums[2] + sums[3]),
    };
}
