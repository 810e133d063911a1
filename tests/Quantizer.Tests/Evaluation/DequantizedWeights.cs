using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Tests.Evaluation;

/// <summary>A packed file's weights turned back into plain floats, compensators added in: what the packed kernels must agree with.</summary>
internal sealed unsafe class DequantizedWeights(PackedModelFile file) : IWeightSource
{
    private readonly PackedWeightSource _packed = new(file);
    private readonly List<nint> _memory = [];

    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        LinearWeights packed = _packed.GetLinear(tensor);
        float* values = (float*)NativeMemory.AlignedAlloc((nuint)tensor.ElementCount * sizeof(float), 64);
        _memory.Add((nint)values);
        for (int row = 0; row < tensor.Rows; row++)
            packed.ReadRow(row, new Span<float>(values + (long)row * tensor.Columns, tensor.Columns));
        return new DenseWeights(new DenseMatrix(values, DenseType.F32, tensor.Rows, tensor.Columns));
    }

    public float[] GetVector(PlannedTensor tensor) => _packed.GetVector(tensor);

    public void Dispose()
    {
        foreach (nint memory in _memory)
            NativeMemory.AlignedFree((void*)memory);
        _packed.Dispose();
    }
}
