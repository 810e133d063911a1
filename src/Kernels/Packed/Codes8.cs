using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Eight bits: 4 columns are one vector.</summary>
internal readonly unsafe struct Codes8 : ICodes
{
    /// <inheritdoc/>
    public static int Bits => 8;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Read16<TLanes, TFloat, TInt>(byte* strip, int part, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        byte* vectors = strip + part * 256;
        q0 = TLanes.LoadInt(vectors);
        q1 = TLanes.LoadInt(vectors + 64);
        q2 = TLanes.LoadInt(vectors + 128);
        q3 = TLanes.LoadInt(vectors + 192);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ReadBytes16<TLanes, TFloat, TInt>(byte* strip, int part, in DecoderTables<TInt> tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
        => Read16<TLanes, TFloat, TInt>(strip, part, out q0, out q1, out q2, out q3);
}
