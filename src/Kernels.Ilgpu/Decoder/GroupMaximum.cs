using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Maxima over the threads of a group, by a tree in shared memory; see <see cref="ReductionTree"/>.</summary>
internal static class GroupMaximum
{
    /// <summary>Smaller than all scores and probabilities.</summary>
    public const float Least = -3.4e38f;

    /// <summary>The largest number, for every thread. All threads must call.</summary>
    /// <param name="shared">Shared memory of <see cref="ReductionTree.MaxThreads"/> numbers; may be used again afterwards.</param>
    /// <param name="value">The thread's number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Of(ArrayView<float> shared, float value)
    {
        int thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (thread < half)
            {
                float other = shared[thread + half], mine = shared[thread];
                shared[thread] = other > mine ? other : mine;
            }
            Group.Barrier();
        }
        float largest = shared[0];
        Group.Barrier();
        return largest;
    }

    /// <summary>The index that belongs to the largest number, the lowest among equals, for every thread; the number itself stands in <c>values[0]</c> until the next use. All threads must call.</summary>
    /// <param name="values">Shared memory of <see cref="ReductionTree.MaxThreads"/> numbers.</param>
    /// <param name="indices">As many integers.</param>
    /// <param name="value">The thread's number.</param>
    /// <param name="index">The thread's index.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(ArrayView<float> values, ArrayView<int> indices, float value, int index)
    {
        int thread = Group.IdxX;
        values[thread] = value;
        indices[thread] = index;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (thread < half)
            {
                float other = values[thread + half], mine = values[thread];
                int otherIndex = indices[thread + half], myIndex = indices[thread];
                int lower = otherIndex < myIndex ? otherIndex : myIndex;
                values[thread] = other > mine ? other : mine;
                indices[thread] = other > mine ? otherIndex : other < mine ? myIndex : lower;
            }
            Group.Barrier();
        }
        return indices[0];
    }
}
