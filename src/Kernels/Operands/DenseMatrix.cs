namespace MoEQuant.Kernels;

/// <summary>An unquantized row-major matrix in memory that someone else owns, usually a mapped checkpoint.</summary>
/// <remarks>Any alignment works, even odd addresses: checkpoints promise nothing. The bytes must stay readable while kernels use
/// them.</remarks>
public readonly unsafe struct DenseMatrix
{
    /// <summary>Names the elements of a matrix.</summary>
    /// <param name="data">The first of Rows × Columns little-endian elements.</param>
    /// <param name="type">The element type.</param>
    /// <param name="rows">Outputs of the layer, N, at least 1.</param>
    /// <param name="columns">Inputs of the layer, K, at least 1.</param>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is below 1, or the type is unknown.</exception>
    public DenseMatrix(void* data, DenseType type, int rows, int columns)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (type is not (DenseType.F32 or DenseType.BF16 or DenseType.F16))
            throw new ArgumentOutOfRangeException(nameof(type), type, "The element type is unknown.");
        Data = (byte*)data;
        Type = type;
        Rows = rows;
        Columns = columns;
    }

    /// <summary>The first byte.</summary>
    public byte* Data { get; }

    /// <summary>The element type.</summary>
    public DenseType Type { get; }

    /// <summary>Outputs of the layer, N.</summary>
    public int Rows { get; }

    /// <summary>Inputs of the layer, K.</summary>
    public int Columns { get; }

    /// <summary>Bytes of an element.</summary>
    public int ElementBytes => Type == DenseType.F32 ? 4 : 2;

    /// <summary>Tiles of 16 rows, the unit in which kernels split the work; the last one possibly partial.</summary>
    public int TileCount => (int)(((long)Rows + PackedShape.TileRows - 1) / PackedShape.TileRows);

    /// <summary>The first byte of a row.</summary>
    internal byte* Row(int row) => Data + (long)row * Columns * ElementBytes;
}
