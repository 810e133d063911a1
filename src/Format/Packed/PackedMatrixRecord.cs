using System.Buffers.Binary;
using System.Numerics;

namespace MoEQuant.Format;

/// <summary>One packed matrix W (N rows, K columns) with its low-rank compensator U·V, as the matrix table describes it.</summary>
/// <param name="TensorOrdinal">The tensor's place among all tensors of the file in offset order.</param>
/// <param name="Rows">N, the outputs; 1 or more.</param>
/// <param name="Columns">K, the inputs; 1 or more.</param>
/// <param name="Bits">Bits per weight code: 3, 4 or 8.</param>
/// <param name="CompensatorBits">Bits per factor code: 3 or 8, or 0 without a compensator.</param>
/// <param name="GroupSize">Columns that share a scale and a zero point: 32, 64 or 128.</param>
/// <param name="Symmetric">Whether zero points are absent and 2^(bits-1) takes their place.</param>
/// <param name="Layout">The arrangement of the weights; <see cref="Tile16Layout"/> is the only one so far.</param>
/// <param name="Rank">r, the compensator's rank: 0 to the smaller of N and K.</param>
/// <param name="WeightBytes">Length of the weights, without the padding behind them.</param>
/// <param name="InputFactorBytes">Length of V (r rows of K), without padding; 0 without a compensator.</param>
/// <param name="OutputFactorBytes">Length of U transposed (r rows of N), without padding; 0 without a compensator.</param>
/// <param name="Activations">What happens to the inputs first; nothing by default.</param>
public readonly record struct PackedMatrixRecord(
    int TensorOrdinal, int Rows, int Columns, int Bits, int CompensatorBits, int GroupSize, bool Symmetric, int Layout, int Rank,
    long WeightBytes, long InputFactorBytes, long OutputFactorBytes, PackedActivations Activations = default)
{
    /// <summary>Bytes per record in the table.</summary>
    public const int Size = 64;

    /// <summary>The layout of tiles of 16 rows.</summary>
    public const int Tile16Layout = 1;

    /// <summary>The first byte of a record that has no meaning.</summary>
    internal const int ReservedOffset = 53;

    /// <summary>Where V begins, from the start of the tensor.</summary>
    public long InputFactorOffset => PackedFormat.Align(WeightBytes);

    /// <summary>Where U begins, from the start of the tensor.</summary>
    public long OutputFactorOffset => checked(InputFactorOffset + PackedFormat.Align(InputFactorBytes));

    /// <summary>The tensor's length: each section rounded up to 64 bytes.</summary>
    /// <exception cref="OverflowException">The sum exceeds 63 bits.</exception>
    public long TotalBytes => checked(OutputFactorOffset + PackedFormat.Align(OutputFactorBytes));

    /// <summary>Writes the record as it stands in the table.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination = destination[..Size];
        destination.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (uint)TensorOrdinal);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Rows);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], (uint)Columns);
        destination[12] = (byte)Bits;
        destination[13] = (byte)CompensatorBits;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[14..], (ushort)GroupSize);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[16..], (ushort)(Symmetric ? 1 : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(destination[18..], (ushort)Layout);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[20..], (uint)Rank);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[24..], (ulong)WeightBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[32..], (ulong)InputFactorBytes);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[40..], (ulong)OutputFactorBytes);
        destination[48] = (byte)Activations.Bits;
        destination[49] = (byte)Activations.ClipPercent;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[50..], (ushort)Activations.GroupSize);
        destination[52] = (byte)(Activations.RotationBlock == 0 ? 0 : BitOperations.Log2((uint)Activations.RotationBlock));
    }

    /// <summary>Reads a record without judging it. Numbers beyond the range of their property come out negative, which no valid record has.</summary>
    /// <param name="source">At least <see cref="Size"/> bytes.</param>
    public static PackedMatrixRecord ReadFrom(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
        source[12],
        source[13],
        BinaryPrimitives.ReadUInt16LittleEndian(source[14..]),
        (BinaryPrimitives.ReadUInt16LittleEndian(source[16..]) & 1) != 0,
        BinaryPrimitives.ReadUInt16LittleEndian(source[18..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[20..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[32..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[40..]),
        new PackedActivations(source[48], BinaryPrimitives.ReadUInt16LittleEndian(source[50..]), source[49], RotationBlock(source[52])));

    private static int RotationBlock(byte logarithm) => logarithm == 0 ? 0 : logarithm < 31 ? 1 << logarithm : -1;
}
