using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>The compiled products on tensor cores for one kind of codes; compiled when they are first needed.</summary>
internal abstract class TensorKernels
{
    public delegate void SingleKernel(
        AcceleratorStream stream, KernelConfig config, ArrayView<uint> words, ArrayView<MatrixLayout> layouts, ArrayView<uint> halves, ArrayView<float> sums, ArrayView<float> scales, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape);

    public delegate void GatedKernel(
        AcceleratorStream stream, KernelConfig config, ArrayView<uint> gateWords, ArrayView<MatrixLayout> gateLayouts, ArrayView<uint> upWords, ArrayView<MatrixLayout> upLayouts, ArrayView<uint> halves, ArrayView<float> sums, ArrayView<float> scales, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape);

    public delegate void ExpertsKernel(
        AcceleratorStream stream, KernelConfig config, ArrayView<uint> words, ArrayView<MatrixLayout> layouts, ArrayView<ExpertItem> items, ArrayView<int> inputRows, ArrayView<uint> halves, ArrayView<float> sums, ArrayView<float> scales, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape);

    public delegate void GatedExpertsKernel(
        AcceleratorStream stream, KernelConfig config, ArrayView<uint> gateWords, ArrayView<MatrixLayout> gateLayouts, ArrayView<uint> upWords, ArrayView<MatrixLayout> upLayouts, ArrayView<ExpertItem> items, ArrayView<int> inputRows, ArrayView<uint> halves, ArrayView<float> sums, ArrayView<float> scales, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape);

    /// <summary>Starts <see cref="TensorProductKernels{TCodes}.Multiply"/>.</summary>
    public abstract SingleKernel Single { get; }

    /// <summary>Starts <see cref="TensorProductKernels{TCodes}.MultiplyGated"/>.</summary>
    public abstract GatedKernel Gated { get; }

    /// <summary>Starts <see cref="TensorProductKernels{TCodes}.MultiplyExperts"/>.</summary>
    public abstract ExpertsKernel Experts { get; }

    /// <summary>Starts <see cref="TensorProductKernels{TCodes}.MultiplyGatedExperts"/>.</summary>
    public abstract GatedExpertsKernel GatedExperts { get; }
}
