using MoEQuant.Kernels;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Completes a batch that was filled by something else.</summary>
/// <param name="pool">The threads.</param>
/// <param name="rows">The batch.</param>
internal sealed class BatchCompletion(WorkerPool pool, ActivationBuffer rows) : RowWork(pool)
{
    /// <summary>Pads the rows and computes their group sums.</summary>
    public ActivationBlock Run()
    {
        ActivationBlock block = rows.Block;
        Run(block.Count, block.Columns);
        return block;
    }

    protected override void ExecuteRows(int firstRow, int endRow) => rows.Complete(firstRow, endRow);
}
