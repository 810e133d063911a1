namespace MoEQuant.Kernels;

/// <summary>A group-quantized matrix in memory that someone else owns, usually a mapped file.</summary>
/// <remarks>Any alignment works; 64 bytes are fastest. The bytes must stay readable while kernels use them.</remarks>
public readonly unsafe struct PackedMatrix
{
    /// <summary>Names the bytes of a packed matrix.</summary>
    /// <param name="data">The first of <see cref="PackedShape.TotalBytes"/> bytes in the Tile16 layout.</param>
    /// <param name="shape">The dimensions.</param>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shape"/> is <c>default</c>, without dimensions.</exception>
    public PackedMatrix(byte* data, PackedShape shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Rows, 1, nameof(shape));
        Data = data;
        Shape = shape;
    }

    /// <summary>The first byte.</summary>
    public byte* Data { get; }

    /// <summary>The dimensions.</summary>
    public PackedShape Shape { get; }
}
