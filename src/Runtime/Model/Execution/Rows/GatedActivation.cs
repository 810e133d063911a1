using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Layers;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>silu(gate) · up of many rows, in the place of gate: the inputs of down projections.</summary>
/// <param name="pool">The threads.</param>
/// <param name="gate">Holds gate's outputs and receives the results.</param>
/// <param name="up">up's outputs, [rows, width]; overwritten.</param>
internal sealed unsafe class GatedActivation(WorkerPool pool, ActivationBuffer gate, float* up) : RowWork(pool)
{
    private int _width;

    /// <summary>Computes the rows that gate was reset to.</summary>
    public ActivationBlock Run()
    {
        ActivationBlock block = gate.Block;
        _width = block.Columns;

        // A sigmoid costs several times what a sum does.
        Run(block.Count, 4L * _width);
        return block;
    }

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int row = firstRow; row < endRow; row++)
            GatedMlp.Activate(gate.Row(row), new Span<float>(up + ((long)row * _width), _width), gate.Row(row));
        gate.Complete(firstRow, endRow);
    }
}
