using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

/// <summary>Runs a network on the floats that a reader gives.</summary>
internal sealed unsafe class ReaderWeights(ITensorReader reader) : IWeightSource
{
    private readonly List<nint> _memory = [];

    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        float* values = (float*)NativeMemory.AlignedAlloc((nuint)tensor.ElementCount * sizeof(float), 64);
        _memory.Add((nint)values);
        reader.ReadRows(tensor, 0, tensor.Rows, new Span<float>(values, checked((int)tensor.ElementCount)));
        return new DenseWeights(new DenseMatrix(values, DenseType.F32, tensor.Rows, tensor.Columns));
    }

    public float[] GetVector(PlannedTensor tensor)
    {
        float[] values = new float[tensor.Rows];
        reader.ReadRows(tensor, 0, 1, values);
        return values;
    }

    public void Dispose()
    {
        foreach (nint memory in _memory)
            NativeMemory.AlignedFree((void*)memory);
    }
}
