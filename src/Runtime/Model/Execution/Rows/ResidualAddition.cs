using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Layers;
using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Adds a branch to the residual stream.</summary>
/// <param name="pool">The threads.</param>
/// <param name="hidden">The residual stream, [tokens, <paramref name="width"/>].</param>
/// <param name="branch">The branch, of the same shape.</param>
/// <param name="width">Their width.</param>
internal sealed unsafe class ResidualAddition(WorkerPool pool, float* hidden, float* branch, int width) : RowWork(pool)
{
    private Projection? _projection;

    /// <summary>Residual stream += branch + the bias of the projection that the branch comes from, if it has one.</summary>
    public void Run(int tokens, Projection? projection = null)
    {
        _projection = projection;
        Run(tokens, width);
    }

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
        {
            Span<float> stream = new(hidden + ((long)row * width), width), addend = new(branch + ((long)row * width), width);
            _projection?.AddBias(addend);
            VectorMath.Add(stream, addend, stream);
        }
    }
}
