using ILGPU;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary><see cref="TensorInputs"/> as an argument of a kernel.</summary>
internal struct RoundedInputs
{
    public ArrayView<uint> Halves;

    public ArrayView<float> Sums;

    public ArrayView<float> Scales;
}
