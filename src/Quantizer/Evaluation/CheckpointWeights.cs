using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>The weights of an unquantized checkpoint, computed with where they are mapped. Disposes the checkpoint.</summary>
internal sealed unsafe class CheckpointWeights(CheckpointFolder folder) : IWeightSource
{
    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        CheckpointTensor stored = PlanCheck.Find(folder, tensor);
        DenseType type = stored.Type switch { TensorDataType.BF16 => DenseType.BF16, TensorDataType.F16 => DenseType.F16, _ => DenseType.F32 };
        return new DenseWeights(new DenseMatrix(stored.Pointer, type, tensor.Rows, tensor.Columns));
    }

    public float[] GetVector(PlannedTensor tensor)
    {
        float[] values = new float[tensor.Rows];
        folder.ReadRows(tensor, 0, 1, values);
        return values;
    }

    public void Dispose() => folder.Dispose();
}
