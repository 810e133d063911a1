using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Fills the items of an <see cref="ExpertPlan"/>, in one thread group.</summary>
internal static class ExpertPlanKernel
{
    /// <summary>Writes the items of every expert behind those of the experts before it, and empty ones up to the end.</summary>
    /// <param name="offsets">The first slot of each expert, and the number of slots.</param>
    /// <param name="items">Receives the items.</param>
    /// <param name="experts">Experts.</param>
    /// <param name="tokens">The most slots of an item.</param>
    /// <param name="itemCount">Items altogether.</param>
    public static void Build(ArrayView<int> offsets, ArrayView<ExpertItem> items, int experts, int tokens, int itemCount)
    {
        // Every thread counts the items before its own experts: some hundred steps once a layer, and no thread waits for another.
        int next = 0, expert = 0;
        for (int mine = Group.IdxX; mine < experts; mine += Group.DimX)
        {
            for (; expert < mine; expert++)
                next += (offsets[expert + 1] - offsets[expert] + tokens - 1) / tokens;
            int end = offsets[mine + 1], item = next;
            for (int slot = offsets[mine]; slot < end; slot += tokens)
                items[item++] = new ExpertItem { Expert = mine, First = slot, Count = end - slot < tokens ? end - slot : tokens };
        }
        for (; expert < experts; expert++)
            next += (offsets[expert + 1] - offsets[expert] + tokens - 1) / tokens;
        for (int item = next + Group.IdxX; item < itemCount; item += Group.DimX)
            items[item] = default;
    }
}
