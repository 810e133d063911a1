using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Up to eight tokens: batches.</summary>
internal struct TokenTile8 : ITokenTile<TokenTile8>
{
    private Float4 _a;
    private Float4 _b;

    /// <inheritdoc/>
    public readonly int Tokens => 8;

    /// <inheritdoc/>
    public readonly int SegmentColumns => 512;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly int StageColumn(int index) => index % SegmentColumns;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Float4 Stage<TElement, TReader>(TokenSource<TElement> source, int firstColumn, int index)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>
    {
        // Neighbouring threads take neighbouring columns, so that reading is coalesced: the segments of four tokens each follow each other.
        int column = firstColumn + (index % SegmentColumns), token = 4 * (index / SegmentColumns);
        return new Float4(
            source.Read<TReader>(token, column),
            source.Read<TReader>(token + 1, column),
            source.Read<TReader>(token + 2, column),
            source.Read<TReader>(token + 3, column));
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile8 AddProducts(ArrayView<Float4> inputs, int quad, Float4 weights)
    {
        int place = 4 * quad;
        return AddProduct(inputs, place, weights.X)
            .AddProduct(inputs, place + 1, weights.Y)
            .AddProduct(inputs, place + 2, weights.Z)
            .AddProduct(inputs, place + 3, weights.W);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile8 AddScaled(TokenTile8 other, float factor) =>
        new()
        {
            _a = _a.AddScaled(other._a, factor),
            _b = _b.AddScaled(other._b, factor),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile8 AddValues(float weight, ArrayView<float> values, long first, int stride, int count) =>
        new()
        {
            _a = _a.AddScaled(FourTokens.Read(values, first, stride, 0, count), weight),
            _b = _b.AddScaled(FourTokens.Read(values, first, stride, 4, count), weight),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile8 Activate(TokenTile8 up) => new() { _a = FourTokens.Activate(_a, up._a), _b = FourTokens.Activate(_b, up._b) };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Save(ArrayView<Float4> shared, int thread, int threads)
    {
        shared[thread] = _a;
        shared[threads + thread] = _b;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile8 AddSaved(ArrayView<Float4> shared, int thread, int threads) =>
        new()
        {
            _a = _a.AddScaled(shared[thread], 1),
            _b = _b.AddScaled(shared[threads + thread], 1),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(ArrayView<float> output, long first, int stride, int count)
    {
        FourTokens.Write(_a, output, first, stride, 0, count);
        FourTokens.Write(_b, output, first, stride, 4, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TokenTile8 AddProduct(ArrayView<Float4> inputs, int column, float weight) =>
        new()
        {
            _a = _a.AddScaled(inputs[column], weight),
            _b = _b.AddScaled(inputs[column + 512], weight),
        };
}
