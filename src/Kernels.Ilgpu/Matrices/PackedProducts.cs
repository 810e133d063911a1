using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Makes <see cref="PackedProduct{TElement}"/> for the types in which inputs may be stored.</summary>
public static class PackedProducts
{
    /// <summary>Inputs in single precision.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="tensorCores">Whether tensor cores are used where device and matrix allow: CUDA from sm_80 on, 3 or 4 bits in groups of at least 64. Inputs are rounded to half precision there.</param>
    public static PackedProduct<float> ForSingle(Accelerator accelerator, bool tensorCores = false) => Create<float, SingleReader>(accelerator, tensorCores);

    /// <summary>Inputs in IEEE half precision, as their bits. They must be finite.</summary>
    /// <param name="accelerator">The device.</param>
    /// <param name="tensorCores">As with inputs in single precision.</param>
    public static PackedProduct<ushort> ForHalf(Accelerator accelerator, bool tensorCores = false) => Create<ushort, HalfReader>(accelerator, tensorCores);

    /// <summary>Whether gate and up of a gated network can be multiplied in one launch: as many matrices of the same shape, all with codes of the same number of bits.</summary>
    /// <param name="gate">The gate, or those of all experts.</param>
    /// <param name="up">The up projection, or those of all experts.</param>
    public static bool CanGate(PackedWeights gate, PackedWeights up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        return gate.Count == up.Count && gate.Rows == up.Rows && gate.Columns == up.Columns
            && gate.DistinctBits.Count == 1 && up.DistinctBits.Count == 1 && gate.DistinctBits[0] == up.DistinctBits[0];
    }

    private static PackedProduct<TElement> Create<TElement, TReader>(Accelerator accelerator, bool tensorCores)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return new PackedProduct<TElement>(
            new PortableLauncher<TElement>(accelerator, new PackedProductKernelLoader<TElement, TReader>(accelerator)),
            new FactorProjectionLauncher<TElement, TReader>(accelerator),
            tensorCores && TensorProduct.IsSupported(accelerator) ? new TensorKernelLauncher<TElement>(accelerator, new TensorInputLauncher<TElement, TReader>(accelerator)) : null);
    }
}
