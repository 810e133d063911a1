using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Rows of an 8-bit low-rank factor. Scale times code fits single precision exactly, so the factor multiplies like a dense
/// matrix.</summary>
internal readonly unsafe struct Factor8Rows(LowRankFactor factor) : IRows
{
    private readonly FactorLocation _location = new(factor);

    /// <inheritdoc/>
    public static bool HasScales => true;

    /// <inheritdoc/>
    /// <remarks>Whole groups: the padding of the last one exists in memory.</remarks>
    public int Columns => _location.Columns;

    /// <inheritdoc/>
    public byte* Row(int row) => _location.Row(row);

    /// <inheritdoc/>
    public float Scale(int row, int group) => _location.Scale(row, group);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* row, int column)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        TLanes.ToFloat(TLanes.LoadSByte(row + column));

    /// <inheritdoc/>
    public static TFloat LoadPart<TLanes, TFloat, TInt>(byte* row, int column, int count)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        throw new InvalidOperationException("Groups of 64 are whole registers.");
}
