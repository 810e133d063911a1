using System.Numerics;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>The merges of a BPE model: which pair of neighbours becomes which token, and in which order. Filled once, then only read.</summary>
internal sealed class MergeTable
{
    private const ulong Free = ulong.MaxValue;

    private Slot[] _slots;
    private int _count;

    /// <param name="expectedCount">About how many merges will come.</param>
    public MergeTable(int expectedCount)
    {
        _slots = NewSlots((int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, expectedCount * 2)));
    }

    public int Count => _count;

    /// <summary>Adds a merge. A pair that comes again takes its later rank, as the reference implementation has it.</summary>
    public void Add(int left, int right, int rank, int merged)
    {
        if ((_count + 1) * 2 > _slots.Length)
            Grow();
        Insert(new Slot(Key(left, right), rank, merged));
    }

    /// <summary>Finds what two neighbours merge to. A lower rank merges first.</summary>
    public bool TryGet(int left, int right, out int rank, out int merged)
    {
        ulong key = Key(left, right);
        Slot[] slots = _slots;
        int mask = slots.Length - 1;
        for (int i = (int)Utf8Hash.Compute(key) & mask; ; i = (i + 1) & mask)
        {
            ref readonly Slot slot = ref slots[i];
            if (slot.Key == key)
            {
                rank = slot.Rank;
                merged = slot.Merged;
                return true;
            }
            if (slot.Key == Free)
            {
                rank = merged = -1;
                return false;
            }
        }
    }

    private static ulong Key(int left, int right) => ((ulong)(uint)left << 32) | (uint)right;

    private static Slot[] NewSlots(int length)
    {
        var slots = new Slot[length];
        for (int i = 0; i < slots.Length; i++)
            slots[i] = new Slot(Free, -1, -1);
        return slots;
    }

    private void Insert(Slot merge)
    {
        int mask = _slots.Length - 1;
        int i = (int)Utf8Hash.Compute(merge.Key) & mask;
        while (_slots[i].Key != Free && _slots[i].Key != merge.Key)
            i = (i + 1) & mask;
        if (_slots[i].Key == Free)
            _count++;
        _slots[i] = merge;
    }

    private void Grow()
    {
        Slot[] old = _slots;
        _slots = NewSlots(old.Length * 2);
        _count = 0;
        foreach (Slot slot in old)
            if (slot.Key != Free)
                Insert(slot);
    }

    private readonly record struct Slot(ulong Key, int Rank, int Merged);
}
