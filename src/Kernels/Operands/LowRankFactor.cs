namespace MoEQuant.Kernels;

/// <summary>A quantized low-rank factor in memory that someone else owns, usually a mapped file.</summary>
/// <remarks>Any alignment works; 64 bytes are fastest. The bytes must stay readable while kernels use them.</remarks>
public readonly unsafe struct LowRankFactor
{
    /// <summary>Names the bytes of a packed factor.</summary>
    /// <param name="data">The first of <see cref="FactorShape.TotalBytes"/> bytes.</param>
    /// <param name="shape">The dimensions.</param>
    /// <exception cref="ArgumentNullException"><paramref name="data"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="shape"/> is <c>default</c>, without dimensions.</exception>
    public LowRankFactor(byte* data, FactorShape shape)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Rank, 1, nameof(shape));
        Data = data;
        Shape = shape;
    }

    /// <summary>The first byte.</summary>
    public byte* Data { get; }

    /// <summary>The dimensions.</summary>
    public FactorShape Shape { get; }
}
