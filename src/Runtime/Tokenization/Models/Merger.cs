using System.Buffers;

namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>
/// Applies the merges of a BPE model to a word: always the pair of the lowest rank, of equal ones the leftmost
/// (Sennrich, Haddow and Birch, "Neural machine translation of rare words with subword units", 2016).
/// A linked list and a heap make it O(n log n), so that one word of megabytes is no problem.
/// </summary>
internal static class Merger
{
    // Words up to this many symbols are merged in stack memory: nearly all of them.
    private const int StackLimit = 64;

    /// <summary>Merges in place.</summary>
    /// <param name="ids">The word's first tokens: bytes or characters.</param>
    /// <param name="merges">The merges.</param>
    /// <returns>How many tokens are left; they stand at the front of <paramref name="ids"/>.</returns>
    public static int Merge(Span<int> ids, MergeTable merges)
    {
        if (ids.Length < 2)
            return ids.Length;
        if (ids.Length <= StackLimit)
        {
            Span<MergeSymbol> symbols = stackalloc MergeSymbol[StackLimit];
            Span<MergeCandidate> candidates = stackalloc MergeCandidate[StackLimit * 2];
            return Merge(ids, merges, symbols, candidates);
        }
        MergeSymbol[] rentedSymbols = ArrayPool<MergeSymbol>.Shared.Rent(ids.Length);
        MergeCandidate[] rentedCandidates = ArrayPool<MergeCandidate>.Shared.Rent(ids.Length * 2);
        int count = Merge(ids, merges, rentedSymbols, rentedCandidates);
        ArrayPool<MergeSymbol>.Shared.Return(rentedSymbols);
        ArrayPool<MergeCandidate>.Shared.Return(rentedCandidates);
        return count;
    }

    // Every merge takes one candidate out and puts at most two in, and there are fewer merges than symbols: 2n candidates are room enough.
    private static int Merge(Span<int> ids, MergeTable merges, Span<MergeSymbol> symbols, Span<MergeCandidate> candidates)
    {
        var queue = new MergeQueue(candidates);
        for (int i = 0; i < ids.Length; i++)
        {
            symbols[i] = new MergeSymbol { Id = ids[i], Previous = i - 1, Next = i + 1 < ids.Length ? i + 1 : -1 };
            if (i > 0 && merges.TryGet(ids[i - 1], ids[i], out int rank, out int merged))
                queue.Push(new MergeCandidate(rank, i - 1, merged));
        }

        while (queue.TryPop(out MergeCandidate candidate))
        {
            ref MergeSymbol left = ref symbols[candidate.Position];
            if (left.Id < 0 || left.Next < 0)
                continue;
            ref MergeSymbol right = ref symbols[left.Next];
            // One of the two may have changed since the candidate was queued.
            if (!merges.TryGet(left.Id, right.Id, out _, out int current) || current != candidate.Merged)
                continue;

            left.Id = candidate.Merged;
            left.Next = right.Next;
            right.Id = -1;
            if (left.Next >= 0)
                symbols[left.Next].Previous = candidate.Position;

            if (left.Previous >= 0 && merges.TryGet(symbols[left.Previous].Id, left.Id, out int rankBefore, out int mergedBefore))
                queue.Push(new MergeCandidate(rankBefore, left.Previous, mergedBefore));
            if (left.Next >= 0 && merges.TryGet(left.Id, symbols[left.Next].Id, out int rankAfter, out int mergedAfter))
                queue.Push(new MergeCandidate(rankAfter, candidate.Position, mergedAfter));
        }

        int count = 0;
        for (int i = 0; i >= 0; i = symbols[i].Next)
            ids[count++] = symbols[i].Id;
        return count;
    }
}
