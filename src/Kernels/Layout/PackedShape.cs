namespace MoEQuant.Kernels;

/// <summary>The dimensions of a group-quantized matrix in the Tile16 layout, and the sizes that follow from them.</summary>
/// <remarks>
/// <para>
/// A matrix W of <see cref="Rows"/> outputs and <see cref="Columns"/> inputs is cut into tiles of <see cref="TileRows"/> rows, and each
/// tile into groups of
/// <see cref="GroupSize"/> columns. The bytes of one tile and one group are a <em>block</em>: the codes, then 16 scales, then 16 zero
/// points (absent when
/// <see cref="Symmetric"/>), scales and zero points as little-endian IEEE half precision, one per row of the tile. The blocks of a tile
/// follow each other
/// by group, the tiles follow each other. Missing rows of the last tile have code 0, scale 0 and zero point 0; missing columns of the last
/// group have code 0.
/// </para>
/// <para>
/// Codes are stored in vectors of 64 bytes. Byte 4r + j of a vector belongs to row r of the tile; its bit fields c belong to column base +
/// 4c + j. So a 32-bit lane
/// holds four neighbouring columns of one row, whatever the width of the vector register that reads it (16, 32 or 64 bytes), and lanes are
/// outputs: a
/// matrix-vector product needs no horizontal sums, and four-byte dot-product instructions find their operands in place.
/// <list type="bullet">
/// <item>3 bits: 32 columns are three vectors. The first two hold code bits 0 and 1 of 16 columns each (field c at bits 2c and 2c + 1, c =
/// 0..3), the third holds
/// code bit 2 of all 32 (bit c, c = 0..7).</item>
/// <item>4 bits: 8 columns are one vector, c = 0 in the low and c = 1 in the high nibble.</item>
/// <item>8 bits: 4 columns are one vector, the byte is the code.</item>
/// </list>
/// </para>
/// <para>The weight is (code − zero point) · scale; symmetric matrices have the zero point 2^(bits − 1).</para>
/// </remarks>
/// <param name="Rows">Outputs of the layer, N, at least 1.</param>
/// <param name="Columns">Inputs of the layer, K, at least 1.</param>
/// <param name="Bits">Bits of a code: 3, 4 or 8.</param>
/// <param name="GroupSize">Columns that share a scale and a zero point: 32, 64 or 128.</param>
/// <param name="Symmetric">Whether no zero points are stored.</param>
/// <exception cref="ArgumentOutOfRangeException">A dimension is outside its range.</exception>
public readonly record struct PackedShape(int Rows, int Columns, int Bits, int GroupSize, bool Symmetric = false)
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 16;

    /// <summary>Outputs of the layer, N.</summary>
    public int Rows { get; } = Require(Rows >= 1, Rows, nameof(Rows), "at least 1");

    /// <summary>Inputs of the layer, K.</summary>
    public int Columns { get; } = Require(Columns >= 1, Columns, nameof(Columns), "at least 1");

    /// <summary>Bits of a code: 3, 4 or 8.</summary>
    public int Bits { get; } = Require(Bits is 3 or 4 or 8, Bits, nameof(Bits), "3, 4 or 8");

    /// <summary>Columns that share a scale and a zero point: 32, 64 or 128.</summary>
    public int GroupSize { get; } = Require(GroupSize is 32 or 64 or 128, GroupSize, nameof(GroupSize), "32, 64 or 128");

    /// <summary>Tiles of 16 rows, the last one possibly partial.</summary>
    public int TileCount => (int)(((long)Rows + TileRows - 1) / TileRows);

    /// <summary>Groups per row, the last one possibly partial.</summary>
    public int GroupCount => (int)(((long)Columns + GroupSize - 1) / GroupSize);

    /// <summary>Bytes of the codes of one block.</summary>
    public int CodeBytes => TileRows * GroupSize / 8 * Bits;

    /// <summary>Bytes of one tile and one group: codes, scales and zero points.</summary>
    public int BlockBytes => CodeBytes + TileRows * 2 * (Symmetric ? 1 : 2);

    /// <summary>Bytes of one tile: all its groups.</summary>
    public long TileBytes => (long)GroupCount * BlockBytes;

    /// <summary>Bytes of the matrix.</summary>
    public long TotalBytes => TileCount * TileBytes;

    /// <summary>The zero point of symmetric matrices and the middle of the code range otherwise: 2^(bits − 1).</summary>
    public int CodeCentre => 1 << (Bits - 1);

    private static int Require(bool condition, int value, string name, string expected) =>
        condition ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {expected}.");
}
