using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Four bits: 8 columns are one vector, four columns in the low nibbles and four in the high nibbles.</summary>
internal readonly unsafe struct Codes4 : ICodes
{
    /// <inheritdoc/>
    public static int Bits => 4;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read16<TLanes, TFloat, TInt>(byte* strip, int part, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        q0 = TLanes.LoadInt(strip + part * 128);
        q1 = TLanes.ShiftRight(q0, 4);
        q2 = TLanes.LoadInt(strip + part * 128 + 64);
        q3 = TLanes.ShiftRight(q2, 4);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadBytes16<TLanes, TFloat, TInt>(byte* strip, int part, in DecoderTables<TInt> tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        TInt nibble = tables.Nibble, low = TLanes.LoadInt(strip + part * 128), high = TLanes.LoadInt(strip + part * 128 + 64);
        q0 = TLanes.And(low, nibble);
        q1 = TLanes.And(TLanes.ShiftRight(low, 4), nibble);
        q2 = TLanes.And(high, nibble);
        q3 = TLanes.And(TLanes.ShiftRight(high, 4), nibble);
    }
}
