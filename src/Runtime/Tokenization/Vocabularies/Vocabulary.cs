using System.Diagnostics.CodeAnalysis;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>The model's tokens as UTF-8 texts, found by text or by id. Immutable, safe for concurrent use.</summary>
internal sealed class Vocabulary
{
    private readonly byte[] _text;
    private readonly int[] _starts;      // entry -> where its text starts; one more than entries
    private readonly int[] _entryOfId;   // id -> entry, or -1
    private readonly VocabularySlot[] _slots;

    internal Vocabulary(byte[] text, int[] starts, int[] entryOfId, VocabularySlot[] slots)
    {
        _text = text;
        _starts = starts;
        _entryOfId = entryOfId;
        _slots = slots;
    }

    /// <summary>The number of tokens.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>The largest id plus one.</summary>
    public int EndId => _entryOfId.Length;

    public bool TryGetId(ReadOnlySpan<byte> utf8, out int id)
    {
        uint hash = Utf8Hash.Compute(utf8);
        VocabularySlot[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = (int)hash & mask; slots[i].IdPlusOne != 0; i = (i + 1) & mask)
        {
            ref readonly VocabularySlot slot = ref slots[i];
            if (slot.Hash == hash && utf8.SequenceEqual(_text.AsSpan(slot.Start, slot.Length)))
            {
                id = slot.IdPlusOne - 1;
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
