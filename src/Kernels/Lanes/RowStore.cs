using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Writes a register of rows without touching rows beyond the matrix.</summary>
internal static unsafe class RowStore<TLanes, TFloat, TInt>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>Writes the lanes to y[firstRow] onwards, as far as there are rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TFloat value, float* y, int firstRow, int rows)
    {
        if (firstRow + TLanes.Count <= rows)
            TLanes.Store(value, y + firstRow);
        else
            StorePart(value, y + firstRow, rows - firstRow);
    }

    /// <summary>Writes the first lanes; none if the count is zero or less.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StorePart(TFloat value, float* y, int count)
    {
        float* lanes = stackalloc float[PackedShape.TileRows];
        TLanes.Store(value, lanes);
        for (int lane = 0; lane < count; lane++)
            y[lane] = lanes[lane];
    }
}
