using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Rows of single-precision weights.</summary>
internal readonly unsafe struct F32Rows(DenseMatrix matrix) : IRows
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
        TLanes.Load((float*)row + column);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TFloat LoadPart<TLanes, TFloat, TInt>(byte* row, int column, int count)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        float* padded = stackalloc float[PackedShape.TileRows];
        new Span<float>(padded, PackedShape.TileRows).Clear();
        Unsafe.CopyBlockUnaligned(padded, row + column * 4L, (uint)count * 4);
        return Load<TLanes, TFloat, TInt>((byte*)padded, 0);
    }
}
