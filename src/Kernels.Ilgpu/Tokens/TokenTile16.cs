using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Up to sixteen tokens: batches.</summary>
internal struct TokenTile16 : ITokenTile<TokenTile16>
{
    private Float4 _a;
    private Float4 _b;
    private Float4 _c;
    private Float4 _d;

    /// <inheritdoc/>
    public readonly int Tokens => 16;

    /// <inheritdoc/>
    public readonly int SegmentColumns => 256;

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
    public readonly TokenTile16 AddProducts(ArrayView<Float4> inputs, int quad, Float4 weights)
    {
        int place = 4 * quad;
        return AddProduct(inputs, place, weights.X)
            .AddProduct(inputs, place + 1, weights.Y)
            .AddProduct(inputs, place + 2, weights.Z)
            .AddProduct(inputs, place + 3, weights.W);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile16 AddScaled(TokenTile16 other, float factor) =>
        new()
        {
            _a = _a.AddScaled(other._a, factor),
            _b = _b.AddScaled(other._b, factor),
            _c = _c.AddScaled(other._c, factor),
            _d = _d.AddScaled(other._d, factor),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile16 AddValues(float weight, ArrayView<float> values, long first, int stride, int count) =>
        new()
        {
            _a = _a.AddScaled(FourTokens.Read(values, first, stride, 0, count), weight),
            _b = _b.AddScaled(FourTokens.Read(values, first, stride, 4, count), weight),
            _c = _c.AddScaled(FourTokens.Read(values, first, stride, 8, count), weight),
            _d = _d.AddScaled(FourTokens.Read(values, first, stride, 12, count), weight),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Save(ArrayView<Float4> shared, int thread, int threads)
    {
        shared[thread] = _a;
        shared[threads + thread] = _b;
        shared[(2 * threads) + thread] = _c;
        shared[(3 * threads) + thread] = _d;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TokenTile16 AddSaved(ArrayView<Float4> shared, int thread, int threads) =>
        new()
        {
            _a = _a.AddScaled(shared[thread], 1),
            _b = _b.AddScaled(shared[threads + thread], 1),
            _c = _c.AddScaled(shared[(2 * threads) + thread], 1),
            _d = _d.AddScaled(shared[(3 * threads) + thread], 1),
        };

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Write(ArrayView<float> output, long first, int stride, int count)
    {
        FourTokens.Write(_a, output, first, stride, 0, count);
        FourTokens.Write(_b, output, first, stride, 4, count);
        FourTokens.Write(_c, output, first, stride, 8, count);
        FourTokens.Write(_d, output, first, stride, 12, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly TokenTile16 AddProduct(ArrayView<Float4> inputs, int column, float weight) =>
        new()
        {
            _a = _a.AddScaled(inputs[column], weight),
            _b = _b.AddScaled(inputs[column + 256], weight),
            _c = _c.AddScaled(inputs[column + 512], weight),
            _d = _d.AddScaled(inputs[column + 768], weight),
        };
}
