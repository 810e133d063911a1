using MoEQuant.Kernels;
using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Cache;

/// <summary>
/// Keys and values of all positions so far, in pages of <see cref="PageSize"/> positions that are allocated when the text reaches them: memory follows the
/// text's length, not the context's. A page holds, per key-value head, keys and values as <see cref="KeyValueBlock"/> wants them.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    /// <summary>Positions per page.</summary>
    public const int PageSize = 256;

    private readonly NativeArray<byte>?[] _pages;
    private readonly int _pagesPerLayer;
    private readonly int _headDimension;
    private readonly int _headCount;
    private readonly DenseType _type;
    private readonly long _keyBytes;
    private readonly long _headBytes;

    /// <param name="config">The network's widths.</param>
    /// <param name="capacity">The most positions.</param>
    /// <param name="precision">How keys and values are kept.</param>
    public KvCache(ModelConfig config, int capacity, KeyValuePrecision precision = KeyValuePrecision.Float32)
    {
        Capacity = capacity;
        _headDimension = config.HeadDimension;
        _headCount = config.KeyValueHeadCount;
        _type = precision == KeyValuePrecision.Float32 ? DenseType.F32 : DenseType.BF16;
        _keyBytes = ((long)PageSize * _headDimension * KeyValueBlock.ElementSize(_type) + 63) & ~63L;
        _headBytes = _keyBytes + ((long)PageSize * KeyValueBlock.StrideFor(_headDimension) * KeyValueBlock.ElementSize(_type));
        _pagesPerLayer = (capacity + PageSize - 1) / PageSize;
        _pages = new NativeArray<byte>?[config.LayerCount * _pagesPerLayer];
    }

    /// <summary>The most positions that fit.</summary>
    public int Capacity { get; }

    /// <summary>The first positions of a page for one head.</summary>
    /// <param name="layer">The decoder layer.</param>
    /// <param name="head">The key-value head.</param>
    /// <param name="page">The page: positions from <paramref name="page"/> · <see cref="PageSize"/> on.</param>
    /// <param name="count">Positions, all stored, up to <see cref="PageSize"/>.</param>
    public KeyValueBlock Block(int layer, int head, int page, int count)
    {
        byte* keys = _pages[(layer * _pagesPerLayer) + page]!.Pointer + (head * _headBytes);
        return new KeyValueBlock(keys, keys + _keyBytes, _type, _headDimension, count);
    }

    /// <summary>Makes room for a position; comes before <see cref="Store"/>.</summary>
    public void Reserve(int layer, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Capacity);
        _pages[(layer * _pagesPerLayer) + (position / PageSize)] ??= new NativeArray<byte>(_headCount * _headBytes);
    }

    /// <summary>Stores one position's keys and values, all heads one after the other. Different positions may be stored by different threads at once.</summary>
    public void Store(int layer, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        int page = position / PageSize;
        for (int head = 0; head < _headCount; head++)
            Block(layer, head, page, PageSize).Store(position % PageSize, keys.Slice(head * _headDimension, _headDimension), values.Slice(head * _headDimension, _headDimension));
    }

    public void Dispose()
    {
        foreach (NativeArray<byte>? page in _pages)
            page?.Dispose();
    }
}
