using MoEQuant.Kernels;

namespace MoEQuant.Speed.Measuring;

/// <summary>A delegate as the work of a pool.</summary>
internal sealed class PoolWork(Action<int> chunk) : ParallelWork
{
    public override void Execute(int chunkIndex, int worker) => chunk(chunkIndex);
}
