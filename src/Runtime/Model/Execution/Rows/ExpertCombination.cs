using MoEQuant.Kernels;
using MoEQuant.Runtime.Vectors;

namespace MoEQuant.Runtime.Model.Execution;

/// <summary>Adds the weighted outputs of experts to the residual stream.</summary>
/// <param name="pool">The threads.</param>
/// <param name="hidden">The residual stream, [tokens, <paramref name="width"/>].</param>
/// <param name="width">Its width.</param>
/// <param name="routed">Which token has which slots.</param>
/// <param name="outputs">The experts' outputs, one row per slot of the wave.</param>
internal sealed unsafe class ExpertCombination(WorkerPool pool, float* hidden, int width, RoutedTokens routed, float* outputs) : RowWork(pool)
{
    private int _firstSlot;
    private int _endSlot;

    /// <summary>Adds the outputs of the slots [firstSlot, endSlot). A token's slots are added in ascending order, also over several calls.</summary>
    public void Run(int tokens, int firstSlot, int endSlot)
    {
        (_firstSlot, _endSlot) = (firstSlot, endSlot);
        Run(tokens, (long)(endSlot - firstSlot) * width / tokens);
    }

    protected override void ExecuteRows(int firstRow, int endRow)
    {
        for (int token = firstRow; token < endRow; token++)
        {
            var stream = new Span<float>(hidden + ((long)token * width), width);
            foreach (int slot in routed.SlotsOfToken(token))
            {
                if (slot >= _firstSlot && slot < _endSlot)
                    VectorMath.MultiplyAdd(new ReadOnlySpan<float>(outputs + ((long)(slot - _firstSlot) * width), width), routed.WeightOf(slot), stream, stream);
            }
        }
    }
}
