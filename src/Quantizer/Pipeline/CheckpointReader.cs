using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>The tensors of a checkpoint folder, as the pipeline reads them.</summary>
internal sealed class CheckpointReader(CheckpointFolder folder) : ITensorReader
{
    public void ReadRows(PlannedTensor tensor, int firstRow, int rowCount, Span<float> destination) => folder.ReadRows(tensor, firstRow, rowCount, destination);

    public LinearWeights? Map(PlannedTensor tensor) => folder.GetLinear(tensor);

    public void Release(PlannedTensor tensor) => folder.Release(tensor);
}
