using MoEQuant.Kernels;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>
/// What happens to the rows of a batch between its products: norms, activation functions, sums. Rows are independent of each other. A few of them are computed by the calling thread, many of them by all.
/// </summary>
/// <param name="pool">The threads.</param>
internal abstract class RowWork(WorkerPool pool) : ParallelWork
{
    // Some microseconds: below it a parallel region costs more than it saves.
    private const long InlineValues = 1 << 15;
    private const long ValuesPerChunk = 1 << 13;

    private int _rows;
    private int _rowsPerChunk;

    public sealed override void Execute(int chunk, int worker)
    {
        int first = chunk * _rowsPerChunk;
        ExecuteRows(first, Math.Min(first + _rowsPerChunk, _rows));
    }

    /// <summary>Computes rows.</summary>
    /// <param name="firstRow">The first.</param>
    /// <param name="endRow">The one after the last.</param>
    protected abstract void ExecuteRows(int firstRow, int endRow);

    /// <summary>Computes all rows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="valuesPerRow">A measure of the work.</param>
    protected void Run(int rows, long valuesPerRow)
    {
        if (rows * valuesPerRow <= InlineValues)
        {
            ExecuteRows(0, rows);
            return;
        }

        _rows = rows;
        _rowsPerChunk = (int)Math.Max(1, ValuesPerChunk / valuesPerRow);
        pool.Run(this, (rows + _rowsPerChunk - 1) / _rowsPerChunk);
    }
}
