using MoEQuant.Runtime.Memory;
using MoEQuant.Runtime.Model.Config;

namespace MoEQuant.Runtime.Model.Cache;

/// <summary>
/// Keys and values of all positions so far, in pages of <see cref="PageSize"/> positions that are allocated when the text reaches them: memory follows the
/// text's length, not the context's. A page holds, per key-value head, [position, head dimension].
/// </summary>
internal sealed unsafe class KvCache : IDisposable
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

    /// <summary>The keys of one head from <paramref name="position"/> to its page's end, [positions, head dimension].</summary>
    public float* Keys(int layer, int head, int position) => Locate(layer, head, position, 0);

    /// <summary>The values of one head from <paramref name="position"/> to its page's end, [positions, head dimension].</summary>
    public float* Values(int layer, int head, int position) => Locate(layer, head, position, 1);

    /// <summary>Stores one position's keys and values, all heads one after the other.</summary>
    public void Store(int layer, int position, ReadOnlySpan<float> keys, ReadOnlySpan<float> values)
    {
        _pages[PageIndex(layer, position)] ??= new NativeArray<float>(2L * _headCount * PageSize * _headDimension);
        for (int head = 0; head < _headCount; head++)
        {
            keys.Slice(head * _headDimension, _headDimension).CopyTo(new Span<float>(Keys(layer, head, position), _headDimension));
            values.Slice(head * _headDimension, _headDimension).CopyTo(new Span<float>(Values(layer, head, position), _headDimension));
        }
    }

    public void Dispose()
    {
        foreach (NativeArray<float>? page in _pages)
            page?.Dispose();
    }

    private float* Locate(int layer, int head, int position, int kind)
    {
        long row = (((long)kind * _headCount) + head) * PageSize + (position % PageSize);
        return _pages[PageIndex(layer, position)]!.Pointer + (row * _headDimension);
    }

    private int PageIndex(int layer, int position)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(position, Capacity);
        return (layer * _pagesPerLayer) + (position / PageSize);
    }
}
