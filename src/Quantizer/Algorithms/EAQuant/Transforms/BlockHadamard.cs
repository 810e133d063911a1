using System.Numerics;
using System.Numerics.Tensors;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;

/// <summary>
/// An orthogonal, symmetric map: neighbouring blocks of B channels are multiplied by the Sylvester Hadamard matrix of order B divided by √B. It spreads an outlier channel over its block
/// (QuaRot, arXiv 2404.00456; blocks instead of the whole width as in DuQuant, arXiv 2406.01721, so that widths need not be powers of two). O(log B) per channel, no stored matrix.
/// </summary>
internal sealed class BlockHadamard : ChannelMap
{
    private readonly float _normalisation;

    /// <param name="width">Channels, a multiple of the block.</param>
    /// <param name="blockSize">B, a power of two.</param>
    /// <exception cref="ArgumentException">B is no power of two, or does not divide the width.</exception>
    public BlockHadamard(int width, int blockSize)
        : base(width)
    {
        if (!BitOperations.IsPow2(blockSize) || width % blockSize != 0)
            throw new ArgumentException($"Blocks of {blockSize} do not fit {width} channels.", nameof(blockSize));
        BlockSize = blockSize;
        _normalisation = 1 / MathF.Sqrt(blockSize);
    }

    public override int BlockSize { get; }

    /// <summary>The largest power of two that divides a width and is not above a limit.</summary>
    public static int LargestBlock(int width, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return 1 << Math.Min(BitOperations.TrailingZeroCount(width), BitOperations.Log2((uint)limit));
    }

    public override void Apply(Span<float> x)
    {
        for (int block = 0; block < Width; block += BlockSize)
            Transform(x.Slice(block, BlockSize));
    }

    /// <inheritdoc/>
    /// <remarks>The same as <see cref="Apply"/>: M is orthogonal.</remarks>
    public override void ApplyDual(Span<float> w) => Apply(w);

    public override void ApplyToRows(FloatMatrix weights, int firstRow = 0)
    {
        if (firstRow % BlockSize != 0 || weights.Rows % BlockSize != 0)
            throw new ArgumentException($"Rows {firstRow} to {firstRow + weights.Rows} are not whole blocks of {BlockSize}.", nameof(weights));
        float[] sum = new float[weights.Columns];
        for (int block = 0; block < weights.Rows; block += BlockSize)
            for (int half = 1; half < BlockSize; half *= 2)
                for (int row = 0; row < BlockSize; row++)
                    if ((row & half) == 0)
                        Butterfly(weights.Row(block + row), weights.Row(block + row + half), sum);
        for (int row = 0; row < weights.Rows; row++)
            TensorPrimitives.Multiply(weights.Row(row), _normalisation, weights.Row(row));
    }

    private static void Butterfly(Span<float> a, Span<float> b, Span<float> sum)
    {
        TensorPrimitives.Add(a, b, sum);
        TensorPrimitives.Subtract(a, b, b);
        sum.CopyTo(a);
    }

    private void Transform(Span<float> block)
    {
        for (int half = 1; half < block.Length; half *= 2)
            for (int start = 0; start < block.Length; start += 2 * half)
                for (int i = start; i < start + half; i++)
                    (block[i], block[i + half]) = (block[i] + block[i + half], block[i] - block[i + half]);
        TensorPrimitives.Multiply(block, _normalisation, block);
    }
}
