using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Decodes IEEE half precision to single precision with integer operations: .NET has no vector instruction for it.</summary>
/// <remarks>
/// The sixteen bits are read with their sign extended to 32 and moved up by 13: then the fraction is where single precision has it, the
/// exponent too but with a bias of 15 instead of 127,
/// and the sign is in the four top bits, of which the mask leaves the one that counts. Multiplying by 2^112 corrects the bias; it also
/// normalises denormal numbers.
/// </remarks>
internal static unsafe class HalfPrecision
{
    private const float BiasCorrection = 5.192296858534828e33f;
    private const int ExponentCorrection = (127 - 15) << 23;
    private const int SmallestNormal = 1 << 23;
    private const int SignExponentFraction = unchecked((int)0x8FFFE000);

    /// <summary>Count numbers at any alignment that are known to be finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat LoadFinite<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        Decode<TLanes, TFloat, TInt>(TLanes.LoadInt16(source));

    /// <summary>Count numbers at any alignment, infinities and NaN included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* source)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TInt bits = TLanes.LoadInt16(source);
        // The largest exponent means infinity or NaN here and must do so there: all exponent bits are set then.
        TInt special = TLanes.Greater(TLanes.And(bits, TLanes.BroadcastInt(0x7FFF)), TLanes.BroadcastInt(0x7BFF));
        TInt exponent = TLanes.And(special, TLanes.BroadcastInt(0x7F800000));
        return TLanes.AsFloat(TLanes.Or(TLanes.AsInt(Decode<TLanes, TFloat, TInt>(bits)), exponent));
    }

    /// <summary>One finite number at any alignment. Small ones are common among the scales of compensators, and arithmetic with denormal numbers would cost more than a hundred cycles each: there is none here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float ReadFinite(byte* source)
    {
        int bits = Unsafe.ReadUnaligned<short>(source), magnitude = (bits & 0x7FFF) << 13;
        // With the exponent's bias corrected, what was denormal reads as 2^-15 · (1 + f) and should be 2^-14 · f.
        float value = BitConverter.Int32BitsToSingle(magnitude + ExponentCorrection);
        value = magnitude < SmallestNormal ? value + value - 6.103515625e-5f : value;
        return bits < 0 ? -value : value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat Decode<TLanes, TFloat, TInt>(TInt bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.Multiply(
            TLanes.AsFloat(TLanes.And(TLanes.ShiftLeft(bits, 13), TLanes.BroadcastInt(SignExponentFraction))),
            TLanes.Broadcast(BiasCorrection));
}
