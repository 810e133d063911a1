using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts products on tensor cores.</summary>
internal sealed class TensorKernelLauncher<TElement>(Accelerator accelerator, TensorInputPreparation<TElement> inputs) : TensorLauncher<TElement>(inputs)
    where TElement : unmanaged
{
    private readonly TensorKernelLoader<TensorCodes3> _codes3 = new(accelerator);
    private readonly TensorKernelLoader<TensorCodes4> _codes4 = new(accelerator);

    /// <inheritdoc/>
    protected override void Multiply(
        AcceleratorStream stream, KernelConfig config, ProductOperands w, TensorInputs inputs, ArrayView<float> latent, ArrayView<float> y, TensorProductShape shape)
    {
        TensorKernels kernels = Kernels(w.First.DistinctBits[0]);
        if (w.Up is { } up)
            kernels.Gated(stream, config, w.First.Words, w.First.DeviceLayouts, up.Words, up.DeviceLayouts, inputs.Halves, inputs.Sums, inputs.Scales, latent, y, shape);
        else
            kernels.Single(stream, config, w.First.Words, w.First.DeviceLayouts, inputs.Halves, inputs.Sums, inputs.Scales, latent, y, shape);
    }

    /// <inheritdoc/>
    protected override void MultiplyExperts(
        AcceleratorStream stream,
        KernelConfig config,
        ProductOperands w,
        ArrayView<ExpertItem> items,
        ArrayView<int> inputRows,
        TensorInputs inputs,
        ArrayView<float> latent,
        ArrayView<float> y,
        TensorProductShape shape)
    {
        foreach (int bits in w.First.DistinctBits)
        {
            TensorKernels kernels = Kernels(bits);
            if (w.Up is { } up)
            {
                kernels.GatedExperts(
                    stream, config, w.First.Words, w.First.DeviceLayouts, up.Words, up.DeviceLayouts, items, inputRows, inputs.Halves, inputs.Sums, inputs.Scales, latent, y, shape);
            }
            else
            {
                kernels.Experts(stream, config, w.First.Words, w.First.DeviceLayouts, items, inputRows, inputs.Halves, inputs.Sums, inputs.Scales, latent, y, shape);
            }
        }
    }

    private TensorKernels Kernels(int bits) => bits == 3 ? _codes3 : _codes4;
}
