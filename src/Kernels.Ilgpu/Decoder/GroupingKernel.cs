using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Sorts the pairs of token and choice by expert, a thread per expert: without atomics the order is always the same, and tokens of an expert keep theirs.</summary>
internal static class GroupingKernel
{
    /// <summary>Places all pairs of one expert.</summary>
    /// <param name="chosen">The expert of each pair, [tokens, k].</param>
    /// <param name="offsets">Receives the first slot of each expert, and the number of slots behind the last one.</param>
    /// <param name="tokenOfSlot">Receives the token of each slot.</param>
    /// <param name="expertOfSlot">Receives the expert of each slot.</param>
    /// <param name="slotOfPair">Receives the slot of each pair.</param>
    /// <param name="experts">Experts.</param>
    /// <param name="perToken">k.</param>
    /// <param name="pairs">Pairs.</param>
    public static void Sort(
        ArrayView<int> chosen, ArrayView<int> offsets, ArrayView<int> tokenOfSlot, ArrayView<int> expertOfSlot, ArrayView<int> slotOfPair, int experts, int perToken, int pairs)
    {
        int expert = (Grid.IdxX * Group.DimX) + Group.IdxX;
        if (expert >= experts)
            return;

        // Every thread counts the pairs before its own: a pass over some hundred integers, and no thread waits for another.
        int slot = 0;
        for (int pair = 0; pair < pairs; pair++)
            slot += chosen[pair] < expert ? 1 : 0;
        offsets[expert] = slot;
        if (expert == experts - 1)
            offsets[experts] = pairs;
        for (int pair = 0; pair < pairs; pair++)
        {
            if (chosen[pair] == expert)
            {
                slotOfPair[pair] = slot;
                tokenOfSlot[slot] = pair / perToken;
                expertOfSlot[slot] = expert;
                slot++;
            }
        }
    }
}
