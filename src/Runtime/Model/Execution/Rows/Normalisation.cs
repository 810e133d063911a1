using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Normalises rows of the residual stream.</summary>
/// <param name="pool">The threads.</param>
/// <param name="hidden">The residual stream, [tokens, <paramref name="width"/>].</param>
/// <param name="width">Its width.</param>
/// <param name="output">Receives the batches.</param>
internal sealed unsafe class Normalisation(WorkerPool pool, float* hidden, int width, ActivationBuffer output) : RowWork(pool)
{
    private RmsNorm? _norm;
    private int _firstToken;

    /// <summary>Normalises <paramref name="tokens"/> rows from <paramref name="firstToken"/> on.</summary>
    public ActivationBlock Run(RmsNorm norm, int firstToken, int tokens)
    {
        _norm = norm;
        _firstToken = firstToken;
        output.Reset(tokens, width);
        Run(tokens, 2L * width);
        return output.Block;
    }

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            _norm!.Apply(new ReadOnlySpan<float>(hidden + ((long)(_firstToken + row) * width), width), output.Row(row));
        output.Complete(firstRow, endRow);
    }
}
