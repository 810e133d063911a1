using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts <see cref="TensorInputKernel{TElement, TReader}"/>.</summary>
internal sealed class TensorInputLauncher<TElement, TReader>(Accelerator accelerator) : TensorInputPreparation<TElement>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    private Action<AcceleratorStream, KernelConfig, ArrayView<TElement>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>? _prepare;

    /// <inheritdoc/>
    public override TensorInputs Prepare(AcceleratorStream stream, ProductOperands w, ArrayView<TElement> x, int slots, int rows, ArrayView<float> work)
    {
        TensorInputs inputs = new(work, w, slots, rows);
        _prepare ??= accelerator.LoadKernel<ArrayView<TElement>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>(TensorInputKernel<TElement, TReader>.Prepare);
        KernelConfig config = new(new Index3D(rows, 1, 1), new Index3D(ReductionTree.ThreadsFor(accelerator), 1, 1));
        _prepare(stream, config, x, w.First.Columns, inputs.Steps, inputs.Halves, inputs.Sums, inputs.Scales);
        return inputs;
    }
}
