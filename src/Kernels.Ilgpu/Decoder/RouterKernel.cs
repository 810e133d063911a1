using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Softmax and top-k of a router, a thread group per token. An expert's probability is read and written by one thread only.</summary>
internal static class RouterKernel
{
    // Below every probability: an expert that was taken, and a thread that has no expert.
    private const float Taken = -1;
    private const float Nothing = -2;

    /// <summary>Chooses a token's experts in order of falling probability; among equals the lower number.</summary>
    /// <param name="logits">[tokens, experts]; overwritten.</param>
    /// <param name="chosen">Receives the experts, [tokens, k].</param>
    /// <param name="weights">Receives their probabilities, [tokens, k].</param>
    /// <param name="experts">Experts.</param>
    /// <param name="perToken">k.</param>
    /// <param name="normalize">1 to divide the probabilities by the sum of those chosen, else 0.</param>
    public static void Select(ArrayView<float> logits, ArrayView<int> chosen, ArrayView<float> weights, int experts, int perToken, int normalize)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        ArrayView<int> indices = SharedMemory.Allocate<int>(ReductionTree.MaxThreads);
        int token = Grid.IdxX, thread = Group.IdxX;
        long row = (long)token * experts, choices = (long)token * perToken;

        float largest = GroupMaximum.Least;
        for (int expert = thread; expert < experts; expert += Group.DimX)
        {
            if (logits[row + expert] > largest)
                largest = logits[row + expert];
        }
        largest = GroupMaximum.Of(shared, largest);
        float sum = 0;
        for (int expert = thread; expert < experts; expert += Group.DimX)
        {
            float exponential = DeviceMath.Exp(logits[row + expert] - largest);
            logits[row + expert] = exponential;
            sum += exponential;
        }
        float total = ReductionTree.Sum(shared, sum);
        for (int expert = thread; expert < experts; expert += Group.DimX)
            logits[row + expert] /= total;

        for (int choice = 0; choice < perToken; choice++)
        {
            // Not a number is larger than nothing: then the first expert is taken, and no index is ever outside.
            float mine = Nothing;
            int index = 0;
            for (int expert = thread; expert < experts; expert += Group.DimX)
            {
                if (logits[row + expert] > mine)
                {
                    mine = logits[row + expert];
                    index = expert;
                }
            }
            int winner = GroupMaximum.IndexOf(shared, indices, mine, index);
            if (thread == 0)
            {
                chosen[choices + choice] = winner;
                weights[choices + choice] = shared[0];
            }
            if (winner % Group.DimX == thread)
                logits[row + winner] = Taken;
            Group.Barrier();
        }

        // By one thread, from what it wrote: PoCL 3.1 loses sums that a whole group carries through a loop with barriers.
        if (thread == 0 && normalize != 0)
        {
            float kept = 0;
            for (int choice = 0; choice < perToken; choice++)
                kept += weights[choices + choice];
            for (int choice = 0; choice < perToken; choice++)
                weights[choices + choice] /= kept;
        }
    }
}
