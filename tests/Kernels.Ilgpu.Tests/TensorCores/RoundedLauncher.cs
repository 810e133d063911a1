using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Stands for tensor cores where there are none: inputs are rounded by the kernel that rounds them for tensor cores, and the products sum up what those would. Counts what it was asked for.</summary>
internal sealed class RoundedLauncher : TensorLauncher<float>, IDisposable
{
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, RoundedInputs, ArrayView<float>, ArrayView<float>, TensorProductShape, RoundedLaunch> _multiply;
    private readonly MemoryBuffer1D<ExpertItem, Stride1D.Dense> _anyItems;
    private readonly MemoryBuffer1D<int, Stride1D.Dense> _anyRows;

    private RoundedLauncher(Accelerator accelerator)
        : base(new TensorInputLauncher<float, SingleReader>(accelerator))
    {
        _multiply = accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<ExpertItem>, ArrayView<int>, RoundedInputs, ArrayView<float>, ArrayView<float>, TensorProductShape, RoundedLaunch>(RoundedProductKernel.Multiply);
        _anyItems = accelerator.Allocate1D<ExpertItem>(1);
        _anyRows = accelerator.Allocate1D<int>(1);
    }

    /// <summary>Products by what they multiply: (experts, gate and up).</summary>
    public Dictionary<(bool Experts, bool Gated), int> Calls { get; } = [];

    /// <summary>The products of a device that would use tensor cores, and what stands for them.</summary>
    public static PackedProduct<float> CreateProducts(Accelerator accelerator, out RoundedLauncher launcher)
    {
        launcher = new RoundedLauncher(accelerator);
        return new PackedProduct<float>(
            new PortableLauncher<float>(accelerator, new PackedProductKernelLoader<float, SingleReader>(accelerator)), new FactorProjectionLauncher<float, SingleReader>(accelerator), launcher);
    }

    public void Dispose()
    {
        _anyItems.Dispose();
        _anyRows.Dispose();
    }

    protected override void Multiply(AcceleratorStream stream, KernelConfig config, ProductOperands w, TensorInputs inputs, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape) =>
        Run(stream, config, w, _anyItems.View, _anyRows.View, inputs, latent, y, shape, false, w.First.DistinctBits[0]);

    protected override void MultiplyExperts(
        AcceleratorStream stream, KernelConfig config, ProductOperands w, ArrayView<ExpertItem> items, ArrayView<int> inputRows, TensorInputs inputs, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape)
    {
        foreach (int bits in w.First.DistinctBits)
            Run(stream, config, w, items, inputRows, inputs, latent, y, shape, true, bits);
    }

    private void Run(
        AcceleratorStream stream, KernelConfig config, ProductOperands w, ArrayView<ExpertItem> items, ArrayView<int> inputRows, TensorInputs inputs, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape, bool experts, int bits)
    {
        Calls[(experts, w.Up is not null)] = Calls.GetValueOrDefault((experts, w.Up is not null)) + 1;
        RoundedInputs x = new() { Halves = inputs.Halves, Sums = inputs.Sums, Scales = inputs.Scales };
        RoundedLaunch launch = new() { Bits = bits, Grouped = experts ? 1 : 0, Gated = w.Up is null ? 0 : 1 };
        KernelConfig threads = new(new Index3D(config.GridDim.X, config.GridDim.Y, TensorProduct.Tokens), new Index3D(16, 1, 1));
        _multiply(stream, threads, w.First.Words, w.First.DeviceLayouts, w.Second.Words, w.Second.DeviceLayouts, items, inputRows, x, latent, y, shape, launch);
    }
}
