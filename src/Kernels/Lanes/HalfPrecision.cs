using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Decodes IEEE half precision to single precision with integer operations: .NET has no vector instruction for it.</summary>
internal static unsafe class HalfPrecision
{
    // Moving exponent and fraction 13 bits up leaves an exponent bias of 15 where 127 is expected; a multiplication by 2^112 corrects it, denormal numbers included.
    private const float BiasCorrection = 5.192296858534828e33f;

    /// <summary>Count numbers at any alignment that are known to be finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat LoadFinite<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TInt bits = TLanes.LoadUInt16(source);
        TFloat magnitude = Magnitude<TLanes, TFloat, TInt>(bits);
        return TLanes.AsFloat(TLanes.Or(TLanes.AsInt(magnitude), Sign<TLanes, TFloat, TInt>(bits)));
    }

    /// <summary>Count numbers at any alignment, infinities and NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TInt bits = TLanes.LoadUInt16(source);
        TInt magnitude = TLanes.AsInt(Magnitude<TLanes, TFloat, TInt>(bits));
        // The largest exponent means infinity or NaN here and must do so there.
        TInt special = TLanes.Greater(TLanes.And(bits, TLanes.BroadcastInt(0x7FFF)), TLanes.BroadcastInt(0x7BFF));
        TInt exponent = TLanes.And(special, TLanes.BroadcastInt(0x7F800000));
        return TLanes.AsFloat(TLanes.Or(TLanes.Or(magnitude, exponent), Sign<TLanes, TFloat, TInt>(bits)));
    }

    /// <summary>One finite number at any alignment.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadFinite(byte* source)
    {
        int bits = Unsafe.ReadUnaligned<short>(source);
        float magnitude = BitConverter.Int32BitsToSingle((bits & 0x7FFF) << 13) * BiasCorrection;
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(magnitude) | bits & int.MinValue);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Magnitude<TLanes, TFloat, TInt>(TInt bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.Multiply(
            TLanes.AsFloat(TLanes.ShiftLeft(TLanes.And(bits, TLanes.BroadcastInt(0x7FFF)), 13)),
            TLanes.Broadcast(BiasCorrection));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Sign<TLanes, TFloat, TInt>(TInt bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.ShiftLeft(TLanes.And(bits, TLanes.BroadcastInt(0x8000)), 16);
}
