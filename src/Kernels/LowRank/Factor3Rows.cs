using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Kernels;

/// <summary>Rows of a 3-bit low-rank factor. Scale times level fits single precision exactly, so the factor multiplies like a dense
/// matrix.</summary>
internal readonly unsafe struct Factor3Rows(LowRankFactor factor) : IRows
{
    private const int GroupBytes = FactorShape.GroupSize / 8 * 3;
    private const int LowBytes = 16;

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
    /// <remarks>
    /// The 16 columns that the register lies in have their low bits in field c of the 16 low bytes, and their high bits in bits 2c (first
    /// eight columns) and 2c + 1 of the
    /// 8 high bytes. They are brought together as 16 bytes, of which the register takes its own through memory: registers of different
    /// widths have no other way in common.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat Load<TLanes, TFloat, TInt>(byte* row, int column)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct
    {
        uint index = (uint)column % FactorShape.GroupSize;
        byte* group = row + (uint)column / FactorShape.GroupSize * GroupBytes;
        int field = (int)(index / 16);
        // Shifts of 64-bit lanes let bits cross byte borders, but the masks remove those: byte shifts would cost more.
        ulong highBits = Unsafe.ReadUnaligned<ulong>(group + LowBytes) >> (2 * field);
        Vector128<ulong> low = (Vector128.Load(group).AsUInt64() >>> (2 * field)) & Vector128.Create(0x0303030303030303UL);
        Vector128<ulong> high = (Vector128.Create(highBits, highBits >> 1) & Vector128.Create(0x0101010101010101UL)) << 2;
        Vector128<ulong> codes = low | high;
        TInt lanes = TLanes.LoadByte((byte*)&codes + index % 16);
        return TLanes.Add(TLanes.ToFloat(lanes), TLanes.Broadcast(-FactorCodes.Centre3));
    }

    /// <inheritdoc/>
    public static TFloat LoadPart<TLanes, TFloat, TInt>(byte* row, int column, int count)
        where TLanes : ILanes<TFloat, TInt>
        where TFloat : struct
        where TInt : struct =>
        throw new InvalidOperationException("Groups of 64 are whole registers.");
}
