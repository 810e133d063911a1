using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>
/// Causal attention with grouped heads and an online softmax (Milakov and Gimelshein, arXiv 1805.02867), a thread group per token and query head: as many positions at a time as there are threads, first a score per thread, then a
/// dimension per thread.
/// </summary>
internal static class AttentionKernel
{
    /// <summary>Attends for one token and head.</summary>
    /// <param name="queries">[tokens, heads · D].</param>
    /// <param name="keys">[positions, key-value heads · D].</param>
    /// <param name="values">As <paramref name="keys"/>.</param>
    /// <param name="outputs">Receives [tokens, heads · D]; holds the sums meanwhile, each written by one thread.</param>
    /// <param name="shape">The widths.</param>
    public static void Attend(ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> outputs, AttentionShape shape)
    {
        ArrayView<float> shared = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        ArrayView<float> weights = SharedMemory.Allocate<float>(ReductionTree.MaxThreads);
        int head = Grid.IdxX, token = Grid.IdxY, thread = Group.IdxX, dimension = shape.HeadDimension;
        int position = shape.FirstPosition + token, first = position - shape.Window + 1;
        if (first < 0)
            first = 0;
        long query = ((long)token * shape.QuerySize) + ((long)head * dimension), keyHead = (long)(head / shape.GroupHeads) * dimension;
        for (int d = thread; d < dimension; d += Group.DimX)
            outputs[query + d] = 0;

        // The largest score so far and the sum of the weights: in shared memory, since PoCL 3.1 loses numbers that a whole group carries through a loop with barriers.
        ArrayView<float> state = SharedMemory.Allocate<float>(2);
        if (thread == 0)
        {
            state[0] = GroupMaximum.Least;
            state[1] = 0;
        }
        Group.Barrier();

        for (int start = first; start <= position; start += Group.DimX)
        {
            float score = GroupMaximum.Least;
            if (thread <= position - start)
            {
                long key = ((long)(start + thread) * shape.KeyValueSize) + keyHead;
                score = 0;
                for (int d = 0; d < dimension; d++)
                    score += queries[query + d] * keys[key + d];
                score *= shape.Scale;
            }
            float largest = GroupMaximum.Of(shared, score), before = state[0], maximum = largest > before ? largest : before;
            float weight = thread <= position - start ? DeviceMath.Exp(score - maximum) : 0, factor = DeviceMath.Exp(before - maximum);
            weights[thread] = weight;

            // The barriers in here also make the weights visible.
            float sum = ReductionTree.Sum(shared, weight);
            if (thread == 0)
            {
                state[0] = maximum;
                state[1] = (state[1] * factor) + sum;
            }
            int count = position + 1 - start < Group.DimX ? position + 1 - start : Group.DimX;
            for (int d = thread; d < dimension; d += Group.DimX)
            {
                float output = outputs[query + d] * factor;
                long value = ((long)start * shape.KeyValueSize) + keyHead + d;
                for (int index = 0; index < count; index++, value += shape.KeyValueSize)
                    output += weights[index] * values[value];
                outputs[query + d] = output;
            }
            Group.Barrier();
        }

        for (int d = thread; d < dimension; d += Group.DimX)
            outputs[query + d] /= state[1];
    }
}
