using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>One token: decoding.</summary>
internal struct TokenTile1 : ITokenTile<TokenTile1>
{
    private float _sum;

    /// <inheritdoc/>
    public readonly int Tokens => 1;

    /// <inheritdoc/>
    public readonly int SegmentColumns => 4096;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int StageColumn(int index) => 4 * index;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Stage<TElement, TReader>(TokenSource<TElement> source, int firstColumn, int index)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>
    {
        int column = firstColumn + (4 * index);
        return new Float4(
            source.Read<TReader>(0, column),
            source.Read<TReader>(0, column + 1),
            source.Read<TReader>(0, column + 2),
            source.Read<TReader>(0, column + 3));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile1 AddProducts(ArrayView<Float4> inputs, int quad, Float4 weights)
    {
        Float4 input = inputs[quad];
        float sum = _sum + (weights.X * input.X);
        sum += weights.Y * input.Y;
        sum += weights.Z * input.Z;
        sum += weights.W * input.W;
        return new TokenTile1 { _sum = sum };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile1 AddScaled(TokenTile1 other, float factor) =>
        new TokenTile1 { _sum = _sum + (other._sum * factor) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile1 AddValues(float weight, ArrayView<float> values, long first, int stride, int count) =>
        new TokenTile1 { _sum = _sum + (weight * values[first]) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile1 Activate(TokenTile1 up) => new() { _sum = DeviceMath.Silu(_sum) * up._sum };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Save(ArrayView<Float4> shared, int thread, int threads)
    {
        shared[thread] = new Float4(_sum, 0, 0, 0);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile1 AddSaved(ArrayView<Float4> shared, int thread, int threads) =>
        new TokenTile1 { _sum = _sum + shared[thread].X };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(ArrayView<float> output, long first, int stride, int count)
    {
        output[first] = _sum;
    }
}
