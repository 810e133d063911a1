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

    // Memory answers within some hundred nanoseconds, in which a core reads about as many bytes; the processors that have the widest registers and those that do not differ.
    private const int WideDistance = 1024;
    private const int Distance = 2048;

    /// <summary>Asks for what follows both strips' streams at a distance, to be called when the bytes here are read.</summary>
    /// <remarks>Registers narrower than a tile find both strips in the same lines: these are asked for once.</remarks>
    /// <param name="a">The first strip's codes.</param>
    /// <param name="b">The second strip's.</param>
    /// <param name="bytes">How far the strips go on from here.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Follow(byte* a, byte* b, nint bytes)
    {
        Follow(a, bytes);
        if (TLanes.Count == PackedShape.TileRows)
            Follow(b, bytes);
    }

    /// <summary>Asks for a stretch that will be read after something else.</summary>
    public static void Announce(byte* start, long bytes)
    {
        for (long line = 0; line < bytes; line += LineBytes)
            TLanes.Prefetch(start + line);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Follow(byte* start, nint bytes)
    {
        // Written out for the compiler: where the number of lines is a constant there is no loop.
        start += TLanes.Count == PackedShape.TileRows ? WideDistance : Distance;
        TLanes.PrefetchNear(start);
        if (bytes > LineBytes)
            TLanes.PrefetchNear(start + LineBytes);
        if (bytes > 2 * LineBytes)
            TLanes.PrefetchNear(start + 2 * LineBytes);
        for (nint line = 3 * LineBytes; line < bytes; line += LineBytes)
            TLanes.PrefetchNear(start + line);
    }
}
