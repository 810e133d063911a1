using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Asks for bytes ahead of the products that read them: with one token every weight is read once, and the processor's own prefetchers stop at the end of each page of 4 KiB.</summary>
/// <remarks>Asking for an address never fails, so streams may be followed beyond their end. Measured: docs/decisions/0022.</remarks>
internal static unsafe class ReadAhead<TLanes, TFloat, TInt>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    private const int LineBytes = 64;

    // Memory answers within some hundred nanoseconds, in which a core reads about as many bytes.
    private const int Distance = 1024;

    /// <summary>Asks for the bytes that follow a stretch of a stream at a distance, to be called when the stretch itself is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Follow(byte* start, int bytes)
    {
        for (int line = 0; line < bytes; line += LineBytes)
            TLanes.PrefetchNear(start + Distance + line);
    }

    /// <summary>Asks for a stretch that will be read after something else.</summary>
    public static void Announce(byte* start, long bytes)
    {
        for (long line = 0; line < bytes; line += LineBytes)
            TLanes.Prefetch(start + line);
    }
}
