using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The compiled products for one type of inputs.</summary>
internal abstract class PackedProductKernelSet<TElement>
    where TElement : unmanaged
{
    private readonly Dictionary<(int Bits, int Tokens), SingleKernel> _single = [];
    private readonly Dictionary<(int Bits, int Tokens), GatedKernel> _gated = [];
    private readonly Dictionary<(int Bits, int Tokens), ExpertsKernel> _experts = [];
    private readonly Dictionary<(int Bits, int Tokens), GatedExpertsKernel> _gatedExperts = [];

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

    /// <summary>Starts <see cref="PackedProductKernels{TCodes, TTile, TElement, TReader}.MultiplyGated"/>.</summary>
    public delegate void GatedKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
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

    /// <summary>Starts <see cref="PackedProductKernels{TCodes, TTile, TElement, TReader}.MultiplyGatedExperts"/>.</summary>
    public delegate void GatedExpertsKernel(
        AcceleratorStream stream,
        KernelConfig config,
        ArrayView<uint> gateWords,
        ArrayView<MatrixLayout> gateLayouts,
        ArrayView<uint> upWords,
        ArrayView<MatrixLayout> upLayouts,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        ArrayView<TElement> x,
        ArrayView<float> latent,
        ArrayView<float> y,
        ProductShape shape);

    /// <summary>The product of one matrix.</summary>
    public SingleKernel Single(int bits, int tokens) => Load(_single, bits, tokens, LoadSingle);

    /// <summary>The product of gate and up.</summary>
    public GatedKernel Gated(int bits, int tokens) => Load(_gated, bits, tokens, LoadGated);

    /// <summary>The product of experts.</summary>
    public ExpertsKernel Experts(int bits, int tokens) => Load(_experts, bits, tokens, LoadExperts);

    /// <summary>The product of the experts' gate and up.</summary>
    public GatedExpertsKernel GatedExperts(int bits, int tokens) => Load(_gatedExperts, bits, tokens, LoadGatedExperts);

    protected abstract SingleKernel LoadSingle(int bits, int tokens);

    protected abstract GatedKernel LoadGated(int bits, int tokens);

    protected abstract ExpertsKernel LoadExperts(int bits, int tokens);

    protected abstract GatedExpertsKernel LoadGatedExperts(int bits, int tokens);

    private static TKernel Load<TKernel>(Dictionary<(int Bits, int Tokens), TKernel> kernels, int bits, int tokens, Func<int, int, TKernel> load)
    {
        if (!kernels.TryGetValue((bits, tokens), out TKernel? kernel))
            kernels.Add((bits, tokens), kernel = load(bits, tokens));
        return kernel;
    }
}
