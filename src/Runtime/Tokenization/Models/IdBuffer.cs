using System.Buffers;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>A growing list of token ids that begins in memory lent by the caller.</summary>
internal ref struct IdBuffer(Span<int> initial)
{
    private Span<int> _items = initial;
    private int[]? _rented;

    public int Count { get; private set; }

    public readonly Span<int> Items => _items[..Count];

    public void Add(int id)
    {
        if (Count == _items.Length)
            Grow();
        _items[Count++] = id;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<int>.Shared.Return(_rented);
        _rented = null;
        _items = default;
        Count = 0;
    }

    private void Grow()
    {
        int[] larger = ArrayPool<int>.Shared.Rent(Math.Max(256, Count * 2));
        _items[..Count].CopyTo(larger);
        if (_rented is not null)
            ArrayPool<int>.Shared.Return(_rented);
        _items = _rented = larger;
    }
}
