using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Up to four tokens.</summary>
internal struct TokenTile4 : ITokenTile<TokenTile4>
{
    private Float4 _a;

    /// <inheritdoc/>
    public readonly int Tokens => 4;

    /// <inheritdoc/>
    public readonly int SegmentColumns => 1024;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int StageColumn(int index) => index;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Stage<TElement, TReader>(TokenSource<TElement> source, int firstColumn, int index)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>
    {
        int column = firstColumn + index;
        return new Float4(
            source.Read<TReader>(0, column),
            source.Read<TReader>(1, column),
            source.Read<TReader>(2, column),
            source.Read<TReader>(3, column));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile4 AddProducts(ArrayView<Float4> inputs, int quad, Float4 weights)
    {
        Float4 sum = _a.AddScaled(inputs[4 * quad], weights.X);
        sum = sum.AddScaled(inputs[(4 * quad) + 1], weights.Y);
        sum = sum.AddScaled(inputs[(4 * quad) + 2], weights.Z);
        return new TokenTile4 { _a = sum.AddScaled(inputs[(4 * quad) + 3], weights.W) };
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile4 AddScaled(TokenTile4 other, float factor) =>
        new TokenTile4 { _a = _a.AddScaled(other._a, factor) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile4 AddValues(float weight, ArrayView<float> values, long first, int stride, int count) =>
        new TokenTile4 { _a = _a.AddScaled(FourTokens.Read(values, first, stride, 0, count), weight) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile4 Activate(TokenTile4 up) => new() { _a = FourTokens.Activate(_a, up._a) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Save(ArrayView<Float4> shared, int thread, int threads)
    {
        shared[thread] = _a;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile4 AddSaved(ArrayView<Float4> shared, int thread, int threads) =>
        new TokenTile4 { _a = _a.AddScaled(shared[thread], 1) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(ArrayView<float> output, long first, int stride, int count)
    {
        FourTokens.Write(_a, output, first, stride, 0, count);
    }
}
