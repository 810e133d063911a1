using System.Numerics;
using System.Text;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Vocabularies;

/// <summary>Collects the tokens of a vocabulary and refuses contradictions.</summary>
internal sealed class VocabularyBuilder
{
    /// <summary>Ids lie below this. The largest vocabularies in use have a few hundred thousand tokens; a larger id is damage, and tables are sized by it.</summary>
    public const int IdLimit = 1 << 22;

    private byte[] _text;
    private int _textLength;
    private int[] _starts;
    private int[] _ids;
    private int _count;
    private int _endId;

    /// <param name="expectedTextLength">About how many bytes of token text will come.</param>
    public VocabularyBuilder(int expectedTextLength = 1 << 12)
    {
        _text = new byte[Math.Max(256, expectedTextLength)];
        _starts = new int[1 << 12];
        _ids = new int[1 << 12];
    }

    public void Add(ReadOnlySpan<byte> utf8, int id)
    {
        if (_textLength + utf8.Length > _text.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + utf8.Length));
        if (_count == _ids.Length)
        {
            Array.Resize(ref _starts, _starts.Length * 2);
            Array.Resize(ref _ids, _ids.Length * 2);
        }
        utf8.CopyTo(_text.AsSpan(_textLength));
        _starts[_count] = _textLength;
        _ids[_count] = id;
        _textLength += utf8.Length;
        _count++;
        _endId = Math.Max(_endId, id + 1);
    }

    /// <exception cref="MoEQuantException">A token or an id occurs twice.</exception>
    public Vocabulary Build()
    {
        Array.Resize(ref _starts, _count + 1);
        Array.Resize(ref _ids, _count);
        _starts[_count] = _textLength;
        return new Vocabulary(_text, _starts, IndexIds(), IndexTexts());
    }

    private int[] IndexIds()
    {
        int[] entryOfId = new int[_endId];
        for (int id = 0; id < entryOfId.Length; id++)
            entryOfId[id] = -1;
        for (int entry = 0; entry < _count; entry++)
        {
            ref int place = ref entryOfId[_ids[entry]];
            if (place >= 0)
                throw new MoEQuantException(TokenizerDiagnostics.TokenDuplicate,
                    $"The tokens \"{Display(place)}\" and \"{Display(entry)}\" both have the id {_ids[entry]}.");
            place = entry;
        }
        return entryOfId;
    }

    private VocabularySlot[] IndexTexts()
    {
        var slots = new VocabularySlot[(int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, _count * 2))];
        int mask = slots.Length - 1;
        for (int entry = 0; entry < _count; entry++)
        {
            ReadOnlySpan<byte> text = EntryText(entry);
            uint hash = Utf8Hash.Compute(text);
            int slot = (int)hash & mask;
            for (; slots[slot].IdPlusOne != 0; slot = (slot + 1) & mask)
                if (slots[slot].Hash == hash && text.SequenceEqual(_text.AsSpan(slots[slot].Start, slots[slot].Length)))
                    throw new MoEQuantException(TokenizerDiagnostics.TokenDuplicate,
                        $"The token \"{Display(entry)}\" is listed with the ids {slots[slot].IdPlusOne - 1} and {_ids[entry]}.");
            slots[slot] = new VocabularySlot(hash, _starts[entry], text.Length, _ids[entry] + 1);
        }
        return slots;
    }

    private ReadOnlySpan<byte> EntryText(int entry) => _text.AsSpan(_starts[entry], _starts[entry + 1] - _starts[entry]);

    private string Display(int entry) => Encoding.UTF8.GetString(EntryText(entry));
}
