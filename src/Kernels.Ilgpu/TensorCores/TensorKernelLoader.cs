using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Compiles the products on tensor cores for one kind of codes.</summary>
internal sealed class TensorKernelLoader<TCodes>(Accelerator accelerator) : TensorKernels
    where TCodes : struct, ITensorCodes
{
    private SingleKernel? _single;
    private GatedKernel? _gated;
    private ExpertsKernel? _experts;
    private GatedExpertsKernel? _gatedExperts;

    public override SingleKernel Single => _single ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
        TensorProductKernels<TCodes>.Multiply).Invoke;

    public override GatedKernel Gated => _gated ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
        TensorProductKernels<TCodes>.MultiplyGated).Invoke;

    public override ExpertsKernel Experts => _experts ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
        TensorProductKernels<TCodes>.MultiplyExperts).Invoke;

    public override GatedExpertsKernel GatedExperts => _gatedExperts ??= accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, ArrayView<uint>, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, TensorProductShape>(
        TensorProductKernels<TCodes>.MultiplyGatedExperts).Invoke;
}
