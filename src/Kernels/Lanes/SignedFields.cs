using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Decodes codes with shifts alone, for instruction sets whose registers are too short for a table of all codes.</summary>
/// <remarks>
/// A code minus 2^(bits − 1) is the code with its top bit flipped, read as a signed number. Flipping costs one instruction for four codes;
/// shifting the field
/// to the top of the lane and back with its sign costs two per code and removes the bits around it.
/// </remarks>
internal static class SignedFields
{
    /// <summary>Flips the top bit of the code in each byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Prepare<TLanes, TFloat, TInt>(TInt codes, int bits)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.Xor(codes, TLanes.BroadcastInt(0x01010101 << (bits - 1)));

    /// <summary>The signed field in one byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Centred<TLanes, TFloat, TInt>(TInt prepared, int bits, int byteIndex)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.ToFloat(TLanes.ShiftRightSigned(TLanes.ShiftLeft(prepared, 32 - bits - 8 * byteIndex), 32 - bits));
}
