using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The compiled products for one type of inputs.</summary>
internal abstract class PackedProductKernelSet<TElement>
    where TElement : unmanaged
{
    private readonly Dictionary<(int Bits, int Tokens), SingleKernel> _single = [];
    private readonly Dictionary<(int Bits, int Tokens), ExpertsKernel> _experts = [];

    /// <summary>Starts <see cref="PackedProductKernels{TCodes, TTile, TElement, TReader}.Multiply"/>.</summary>
    public delegate void SingleKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape);

    /// <summary>Starts <see cref="PackedProductKernels{TCodes, TTile, TElement, TReader}.MultiplyExperts"/>.</summary>
    public delegate void ExpertsKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> words,
        ArrayView<MatrixLayout> layouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape);

    /// <summary>The product of one matrix.</summary>
    public SingleKernel Single(int bits, int tokens)
    {
        if (!_single.TryGetValue((bits, tokens), out SingleKernel? kernel))
            _single.Add((bits, tokens), kernel = LoadSingle(bits, tokens));
        return kernel;
    }

    /// <summary>The product of experts.</summary>
    public ExpertsKernel Experts(int bits, int tokens)
    {
        if (!_experts.TryGetValue((bits, tokens), out ExpertsKernel? kernel))
            _experts.Add((bits, tokens), kernel = LoadExperts(bits, tokens));
        return kernel;
    }

    protected abstract SingleKernel LoadSingle(int bits, int tokens);

    protected abstract ExpertsKernel LoadExperts(int bits, int tokens);
}
