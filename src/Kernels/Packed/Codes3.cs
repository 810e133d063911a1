using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Three bits: 32 columns are two vectors with two bits each of four columns per byte, and one vector with the third bit of eight
/// columns per byte.</summary>
internal readonly unsafe struct Codes3 : ICodes
{
    /// <inheritdoc/>
    public static int Bits => 3;

    /// <inheritdoc/>
    /// <remarks>
    /// Field c of a low byte (bits 2c and 2c + 1) belongs to bit c of the high byte, counted from bit 0 in the first and from bit 4 in the
    /// second half of the 32 columns.
    /// After shifting that half's bits to 0..3, two left of where they were read, the high bit of field c lies at bit 2 + c and a shift by
    /// c (low: by 2c) brings a whole
    /// code into bits 0..2 of every byte. The shift left loses no bit that is used: of the top byte only bits 0..3 are.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read16<TLanes, TFloat, TInt>(byte* strip, int part, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        byte* chunk = strip + (part >> 1) * 192;
        int half = part & 1;
        TInt low = TLanes.LoadInt(chunk + half * 64);
        TInt high = TLanes.ShiftLeft(TLanes.ShiftRight(TLanes.LoadInt(chunk + 128), half * 4), 2);
        TInt lowBits = TLanes.BroadcastInt(0x03030303);
        q0 = TLanes.Select(lowBits, low, high);
        q1 = TLanes.Select(lowBits, TLanes.ShiftRight(low, 2), TLanes.ShiftRight(high, 1));
        q2 = TLanes.Select(lowBits, TLanes.ShiftRight(low, 4), TLanes.ShiftRight(high, 2));
        q3 = TLanes.Select(lowBits, TLanes.ShiftRight(low, 6), TLanes.ShiftRight(high, 3));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// By look-up: two of a chunk's four fields at a time, c = 0 and 2 or 1 and 3, stand in the low two bits of the nibbles of a byte. A table that is asked by the four high bits puts the two that belong
    /// there above them, so that each nibble is a code.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadBytes16<TLanes, TFloat, TInt>(byte* strip, int part, in DecoderTables<TInt> tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        if (!TLanes.PrefersLookUp)
        {
            TInt bits = TLanes.BroadcastInt(0x07070707);
            Read16<TLanes, TFloat, TInt>(strip, part, out q0, out q1, out q2, out q3);
            (q0, q1, q2, q3) = (TLanes.And(q0, bits), TLanes.And(q1, bits), TLanes.And(q2, bits), TLanes.And(q3, bits));
            return;
        }
        byte* chunk = strip + (part >> 1) * 192;
        int half = part & 1;
        TInt low = TLanes.LoadInt(chunk + half * 64), high = TLanes.LoadInt(chunk + 128);
        high = TLanes.And(half == 0 ? high : TLanes.ShiftRight(high, 4), tables.Nibble);
        TInt even = TLanes.Or(TLanes.And(low, tables.Fields), TLanes.LookUp(tables.Even, high));
        TInt odd = TLanes.Or(TLanes.And(TLanes.ShiftRight(low, 2), tables.Fields), TLanes.LookUp(tables.Odd, high));
        q0 = TLanes.And(even, tables.Nibble);
        q1 = TLanes.And(odd, tables.Nibble);
        q2 = TLanes.And(TLanes.ShiftRight(even, 4), tables.Nibble);
        q3 = TLanes.And(TLanes.ShiftRight(odd, 4), tables.Nibble);
    }
}
