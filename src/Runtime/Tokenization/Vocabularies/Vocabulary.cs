using System.Diagnostics.CodeAnalysis;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>The model's tokens as UTF-8 texts, found by text or by id. Immutable, safe for concurrent use.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _text;
    private readonly int[] _starts;      // entry -> where its text starts; one more than entries
    private readonly int[] _ids;         // entry -> id
    private readonly int[] _entryOfId;   // id -> entry, or -1
    private readonly VocabularySlot[] _slots;

    internal Vocabulary(byte[] text, int[] starts, int[] ids, int[] entryOfId, VocabularySlot[] slots)
    {
        _text = text;
        _starts = starts;
        _ids = ids;
        _entryOfId = entryOfId;
        _slots = slots;
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _ids.Length;

    /// <summary>The largest id plus one.</summary>
    public int EndId => _entryOfId.Length;

    public bool TryGetId(ReadOnlySpan<byte> utf8, out int id)
    {
        uint hash = Utf8Hash.Compute(utf8);
        int mask = _slots.Length - 1;
        for (int slot = (int)hash & mask; _slots[slot].EntryPlusOne != 0; slot = (slot + 1) & mask)
        {
            if (_slots[slot].Hash != hash)
                continue;
            int entry = _slots[slot].EntryPlusOne - 1;
            if (utf8.SequenceEqual(EntryText(entry)))
            {
                id = _ids[entry];
                return true;
            }
        }
        id = -1;
        return false;
    }

    public bool Contains(int id) => (uint)id < (uint)_entryOfId.Length && _entryOfId[id] >= 0;

    /// <summary>The UTF-8 text of the token, as the file spells it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No token has this id.</exception>
    public ReadOnlySpan<byte> Text(int id)
    {
        if (!Contains(id))
            ThrowUnknown(id);
        return EntryText(_entryOfId[id]);
    }

    private ReadOnlySpan<byte> EntryText(int entry) => _text.AsSpan(_starts[entry], _starts[entry + 1] - _starts[entry]);

    [DoesNotReturn]
    private static void ThrowUnknown(int id) => throw new ArgumentOutOfRangeException(nameof(id), id, "No token has this id.");
}
