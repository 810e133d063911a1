using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Makes <see cref="PackedProduct{TElement}"/> for the types in which inputs may be stored.</summary>
public static class PackedProducts
{
    /// <summary>Inputs in single precision.</summary>
    /// <param name="accelerator">The device.</param>
    public static PackedProduct<float> ForSingle(Accelerator accelerator) => Create<float, SingleReader>(accelerator);

    /// <summary>Inputs in IEEE half precision, as their bits. They must be finite.</summary>
    /// <param name="accelerator">The device.</param>
    public static PackedProduct<ushort> ForHalf(Accelerator accelerator) => Create<ushort, HalfReader>(accelerator);

    private static PackedProduct<TElement> Create<TElement, TReader>(Accelerator accelerator)
        where TElement : unmanaged
        where TReader : struct, IElementReader<TElement>
    {
        ArgumentNullException.ThrowIfNull(accelerator);
        return new PackedProduct<TElement>(accelerator, new PackedProductKernelLoader<TElement, TReader>(accelerator), new FactorProjectionLauncher<TElement, TReader>(accelerator));
    }
}
