using System.Runtime.InteropServices;

namespace MoEQuant.Kernels;

/// <summary>Brings the codes, scales and zero points of a quantized matrix into the Tile16 layout (see <see cref="PackedShape"/>) and
/// back.</summary>
public static class MatrixPacker
{
    /// <summary>Packs a matrix.</summary>
    /// <param name="codes">Codes [Rows, Columns], row-major, each 0..2^Bits − 1.</param>
    /// <param name="scales">Scales [Rows, GroupCount], row-major, finite.</param>
    /// <param name="zeroPoints">Zero points [Rows, GroupCount], row-major, finite; empty when the shape is symmetric.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="destination">Receives <see cref="PackedShape.TotalBytes"/> bytes; every byte is written.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape, a code is too large, or a scale or zero point is not
    /// finite.</exception>
    public static void Pack(ReadOnlySpan<byte> codes, ReadOnlySpan<Half> scales, ReadOnlySpan<Half> zeroPoints, in PackedShape shape, Span<byte> destination)
    {
        RequireLengths(codes.Length, scales.Length, zeroPoints.Length, shape, destination.Length);
        if (codes.ContainsAnyExceptInRange((byte)0, (byte)((1 << shape.Bits) - 1)))
            throw new ArgumentException($"A code is larger than {(1 << shape.Bits) - 1}, the largest of {shape.Bits} bits.", nameof(codes));
        RequireFinite(scales, nameof(scales));
        RequireFinite(zeroPoints, nameof(zeroPoints));

        destination = destination[..(int)shape.TotalBytes];
        destination.Clear();
        for (int row = 0; row < shape.Rows; row++)
        {
            for (int group = 0; group < shape.GroupCount; group++)
            {
                Span<byte> block = Block(destination, shape, row, group);
                int first = group * shape.GroupSize;
                ReadOnlySpan<byte> groupCodes = codes.Slice(row * shape.Columns + first, Math.Min(shape.GroupSize, shape.Columns - first));
                for (int column = 0; column < groupCodes.Length; column++)
                    TileCodes.Write(block, shape.Bits, row % PackedShape.TileRows, column, groupCodes[column]);
                Scales(block, shape)[row % PackedShape.TileRows] = scales[row * shape.GroupCount + group];
                if (!shape.Symmetric)
                    ZeroPoints(block, shape)[row % PackedShape.TileRows] = zeroPoints[row * shape.GroupCount + group];
            }
        }
    }

    /// <summary>Unpacks a matrix: the inverse of <see cref="Pack"/>.</summary>
    /// <param name="packed">The packed matrix, at least <see cref="PackedShape.TotalBytes"/> bytes.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="codes">Receives the codes [Rows, Columns].</param>
    /// <param name="scales">Receives the scales [Rows, GroupCount].</param>
    /// <param name="zeroPoints">Receives the zero points [Rows, GroupCount]; empty when the shape is symmetric.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public static void Unpack(ReadOnlySpan<byte> packed, in PackedShape shape, Span<byte> codes, Span<Half> scales, Span<Half> zeroPoints)
    {
        RequireLengths(codes.Length, scales.Length, zeroPoints.Length, shape, packed.Length);
        for (int row = 0; row < shape.Rows; row++)
        {
            for (int group = 0; group < shape.GroupCount; group++)
            {
                ReadOnlySpan<byte> block = Block(packed, shape, row, group);
                int first = group * shape.GroupSize;
                Span<byte> groupCodes = codes.Slice(row * shape.Columns + first, Math.Min(shape.GroupSize, shape.Columns - first));
                for (int column = 0; column < groupCodes.Length; column++)
                    groupCodes[column] = (byte)TileCodes.Read(block, shape.Bits, row % PackedShape.TileRows, column);
                scales[row * shape.GroupCount + group] = Scales(block, shape)[row % PackedShape.TileRows];
                if (!shape.Symmetric)
                    zeroPoints[row * shape.GroupCount + group] = ZeroPoints(block, shape)[row % PackedShape.TileRows];
            }
        }
    }

    /// <summary>Computes one row of weights, (code − zero point) · scale in single precision.</summary>
    /// <param name="packed">The packed matrix, at least <see cref="PackedShape.TotalBytes"/> bytes.</param>
    /// <param name="shape">The dimensions.</param>
    /// <param name="row">The row, 0..Rows − 1.</param>
    /// <param name="destination">Receives Columns weights.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static void DequantizeRow(ReadOnlySpan<byte> packed, in PackedShape shape, int row, Span<float> destination)
    {
        RequireLength(packed.Length, shape.TotalBytes, nameof(packed));
        RequireLength(destination.Length, shape.Columns, nameof(destination));
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, shape.Rows);
        for (int group = 0; group < shape.GroupCount; group++)
        {
            ReadOnlySpan<byte> block = Block(packed, shape, row, group);
            float scale = (float)Scales(block, shape)[row % PackedShape.TileRows];
            float zero = shape.Symmetric ? shape.CodeCentre : (float)ZeroPoints(block, shape)[row % PackedShape.TileRows];
            int first = group * shape.GroupSize;
            int count = Math.Min(shape.GroupSize, shape.Columns - first);
            for (int column = 0; column < count; column++)
                destination[first + column] = (TileCodes.Read(block, shape.Bits, row % PackedShape.TileRows, column) - zero) * scale;
        }
    }

    private static ReadOnlySpan<byte> Block(ReadOnlySpan<byte> packed, in PackedShape shape, int row, int group) =>
        packed.Slice((int)(row / PackedShape.TileRows * shape.TileBytes) + group * shape.BlockBytes, shape.BlockBytes);

    private static Span<byte> Block(Span<byte> packed, in PackedShape shape, int row, int group) =>
        packed.Slice((int)(row / PackedShape.TileRows * shape.TileBytes) + group * shape.BlockBytes, shape.BlockBytes);

    private static ReadOnlySpan<Half> Scales(ReadOnlySpan<byte> block, in PackedShape shape) =>
        MemoryMarshal.Cast<byte, Half>(block[shape.CodeBytes..])[..PackedShape.TileRows];

    private static Span<Half> Scales(Span<byte> block, in PackedShape shape) =>
        MemoryMarshal.Cast<byte, Half>(block[shape.CodeBytes..])[..PackedShape.TileRows];

    private static ReadOnlySpan<Half> ZeroPoints(ReadOnlySpan<byte> block, in PackedShape shape) =>
        MemoryMarshal.Cast<byte, Half>(block[shape.CodeBytes..])[PackedShape.TileRows..];

    private static Span<Half> ZeroPoints(Span<byte> block, in PackedShape shape) =>
        MemoryMarshal.Cast<byte, Half>(block[shape.CodeBytes..])[PackedShape.TileRows..];

    private static void RequireLengths(int codes, int scales, int zeroPoints, in PackedShape shape, int packed)
    {
        long groups = (long)shape.Rows * shape.GroupCount;
        RequireLength(packed, shape.TotalBytes, nameof(packed));
        if (codes != (long)shape.Rows * shape.Columns)
            throw new ArgumentException($"There are {codes} codes; expected {(long)shape.Rows * shape.Columns} for {shape}.", nameof(codes));
        if (scales != groups)
            throw new ArgumentException($"There are {scales} scales; expected {groups} for {shape}.", nameof(scales));
        if (zeroPoints != (shape.Symmetric ? 0 : groups))
            throw new ArgumentException($"There are {zeroPoints} zero points; expected {(shape.Symmetric ? 0 : groups)} for {shape}.", nameof(zeroPoints));
    }

    private static void RequireLength(int length, long needed, string name)
    {
        if (length < needed)
            throw new ArgumentException($"The buffer has {length} elements; at least {needed} are needed.", name);
    }

    private static void RequireFinite(ReadOnlySpan<Half> values, string name)
    {
        foreach (Half value in values)
            if (!Half.IsFinite(value))
                throw new ArgumentException($"{value} is not finite.", name);
    }
}
