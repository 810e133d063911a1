using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Rows of bfloat16 weights: the upper halves of single-precision numbers.</summary>
internal readonly unsafe struct BF16Rows(DenseMatrix matrix) : IRows
{
    /// <inheritdoc/>
    public static bool HasScales => false;

    /// <inheritdoc/>
    public int Columns => matrix.Columns;

    /// <inheritdoc/>
    public byte* Row(int row) => matrix.Row(row);

    /// <inheritdoc/>
    public float Scale(int row, int group) => 1;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* row, int column)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.AsFloat(TLanes.ShiftLeft(TLanes.LoadInt16(row + column * 2L), 16));

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TFloat LoadPart<TLanes, TFloat, TInt>(byte* row, int column, int count)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        ushort* padded = stackalloc ushort[PackedShape.TileRows];
        new Span<ushort>(padded, PackedShape.TileRows).Clear();
        Unsafe.CopyBlockUnaligned(padded, row + column * 2L, (uint)count * 2);
        return Load<TLanes, TFloat, TInt>((byte*)padded, 0);
    }
}
