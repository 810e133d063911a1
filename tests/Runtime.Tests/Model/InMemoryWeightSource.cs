using System.Runtime.InteropServices;
using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Runtime.Tests.Model;

/// <summary>Float weights from memory.</summary>
internal sealed unsafe class InMemoryWeightSource(IReadOnlyDictionary<string, float[]> tensors) : IWeightSource
{
    private readonly List<GCHandle> _pins = [];

    public bool IsDisposed { get; private set; }

    public LinearWeights GetLinear(PlannedTensor tensor)
    {
        GCHandle pin = GCHandle.Alloc(tensors[tensor.Name], GCHandleType.Pinned);
        _pins.Add(pin);
        return new DenseWeights(new DenseMatrix((void*)pin.AddrOfPinnedObject(), DenseType.F32, tensor.Rows, tensor.Columns));
    }

    public float[] GetVector(PlannedTensor tensor) => tensors[tensor.Name];

    public void Dispose()
    {
        IsDisposed = true;
        _pins.ForEach(pin => pin.Free());
        _pins.Clear();
    }
}
