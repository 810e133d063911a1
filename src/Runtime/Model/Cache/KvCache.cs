using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Cache;

/// <summary>
/// Keys and values of all positions so far, in pages of <see cref="PageSize"/> positions that are allocated when the text reaches them: memory follows the
/// text's length, not the context's. A page holds, per key-value head, [position, head dimension].
/// </summary>
internal sealed class KvCache : IDisposable
{
    /// <summary>Positions per page.</summary>
    public const int PageSize = 256;

    private readonly NativeArray<float>?[] _pages;
    private readonly int _pagesPerLayer;
    private readonly int _headDimension;
    private readonly int _headCount;

    public KvCache(ModelConfig config, int capacity)
    {
        Capacity = capacity;
        _headDimension = config.HeadDimension;
        _headCount = config.KeyValueHeadCount;
        _pagesPerLayer = (capacity + PageSize - 1) / PageSize;
        _pages = new NativeArray<float>?[config.LayerCount * _pagesPerLayer];
    }

    /// <summary>The most positions that fit.</summary>
    public int Capacity { get; }

    /// <summary>The key of one head at a position that was stored.</summary>
    public Span<float> Key(int layer, int head, int position) => Locate(layer, head, position, 0);

    /// <summary>The value of one head at a position that was stored.</summary>
    public Span<float> Value(int layer, int head, int position) => Locate(layer, head, position, 1);

    /// <summary>Stores one position's keys and values, all heads one after the other.</summary>
    public void Store(int layer, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        _pages[PageIndex(layer, position)] ??= new NativeArray<float>(2L * _headCount * PageSize * _headDimension);
        for (int head = 0; head < _headCount; head++)
        {
            keys.Slice(head * _headDimension, _headDimension).CopyTo(Key(layer, head, position));
            values.Slice(head * _headDimension, _headDimension).CopyTo(Value(layer, head, position));
        }
    }

    public void Dispose()
    {
        foreach (NativeArray<float>? page in _pages)
            page?.Dispose();
    }

    private Span<float> Locate(int layer, int head, int position, int kind)
    {
        long row = ((((long)kind * _headCount) + head) * PageSize) + (position % PageSize);
        return _pages[PageIndex(layer, position)]!.Span(row * _headDimension, _headDimension);
    }

    private int PageIndex(int layer, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Capacity);
        return (layer * _pagesPerLayer) + (position / PageSize);
    }
}
