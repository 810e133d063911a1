using System.Runtime.CompilerServices;
using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Sums of one number per thread of a group, by a tree in shared memory: the same order on every device with as many threads, and no instruction that only some backends have.</summary>
internal static class ReductionTree
{
    /// <summary>Most threads; the length of the shared memory.</summary>
    public const int MaxThreads = 128;

    /// <summary>The threads for a group: a power of two.</summary>
    public static int ThreadsFor(Accelerator accelerator)
    {
        int threads = MaxThreads;
        while (threads > accelerator.MaxNumThreadsPerGroup)
            threads /= 2;
        return threads;
    }

    /// <summary>The sum over the group, for all threads. All threads must call.</summary>
    /// <param name="shared">Shared memory of <see cref="MaxThreads"/> numbers; may be used again afterwards.</param>
    /// <param name="value">The thread's number.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(ArrayView<float> shared, float value)
    {
        int thread = Group.IdxX;
        shared[thread] = value;
        Group.Barrier();
        for (int half = Group.DimX >> 1; half > 0; half >>= 1)
        {
            if (thread < half)
                shared[thread] += shared[thread + half];
            Group.Barrier();
        }
        float sum = shared[0];
        Group.Barrier();
        return sum;
    }
}
