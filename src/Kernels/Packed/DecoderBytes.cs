using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>What <see cref="DecoderTables{TInt}"/> is loaded from.</summary>
/// <remarks>Memory, and not constants in the code: the compiler would load constants again wherever they are used, since it does not know how often that is.</remarks>
internal static unsafe class DecoderBytes
{
    private const int TableBytes = 16;
    private static readonly byte* Bytes = Create();

    /// <summary>Loads the tables.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DecoderTables<TInt> Load<TLanes, TFloat, TInt>()
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        byte* bytes = Bytes;
        return new(TLanes.LoadRepeated(bytes), TLanes.LoadRepeated(bytes + TableBytes), TLanes.LoadRepeated(bytes + 2 * TableBytes), TLanes.LoadRepeated(bytes + 3 * TableBytes));
    }

    private static byte* Create()
    {
        byte* bytes = (byte*)RuntimeHelpers.AllocateTypeAssociatedMemory(typeof(DecoderBytes), 4 * TableBytes);
        for (int index = 0; index < TableBytes; index++)
        {
            bytes[index] = 0x0F;
            bytes[TableBytes + index] = 0x33;
            bytes[2 * TableBytes + index] = (byte)((index & 1) << 2 | (index >> 2 & 1) << 6);
            bytes[3 * TableBytes + index] = (byte)((index >> 1 & 1) << 2 | (index >> 3 & 1) << 6);
        }
        return bytes;
    }
}
