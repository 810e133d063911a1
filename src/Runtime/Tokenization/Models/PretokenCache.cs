using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>
/// Remembers the tokens of short pieces of text, because words repeat. Its size is fixed: a newer piece takes the place of an older one.
/// Safe for concurrent use without locks: an entry is immutable and its reference is replaced as a whole.
/// </summary>
internal sealed class PretokenCache
{
    /// <summary>Longer pieces rarely come again.</summary>
    public const int LongestKey = 48;

    private const int EntryCount = 1 << 14;
    private readonly Entry?[] _entries = new Entry?[EntryCount];

    public bool TryGet(ReadOnlySpan<byte> key, uint hash, out ReadOnlySpan<int> ids)
    {
        Entry? entry = _entries[hash & (EntryCount - 1)];
        if (entry is not null && entry.Hash == hash && key.SequenceEqual(entry.Key))
        {
            ids = entry.Ids;
            return true;
        }
        ids = default;
        return false;
    }

    public void Set(ReadOnlySpan<byte> key, uint hash, ReadOnlySpan<int> ids) =>
        _entries[hash & (EntryCount - 1)] = new Entry(hash, key.ToArray(), ids.ToArray());

    public static uint Hash(ReadOnlySpan<byte> key) => Utf8Hash.Compute(key);

    private sealed record Entry(uint Hash, byte[] Key, int[] Ids);
}
