using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Starts the kernels of a decoder that are no packed products. They are compiled with the device.</summary>
internal sealed class DecoderKernels
{
    private readonly AcceleratorStream _stream;
    private readonly int _threads;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float> _normalise;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, int, int, int> _rotate;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AttentionShape> _attend;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, int> _select;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, int, int, int> _sort;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>> _add;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>> _addBias;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, float> _clamp;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<float>> _activate;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int> _combine;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<float>, ArrayView<int>, ArrayView<int>, ArrayView<float>, DenseProductShape> _multiply;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<int>, int, ArrayView<float>, int, int> _lookUpPacked;
    private readonly Action<AcceleratorStream, KernelConfig, ArrayView<float>, ArrayView<int>, int, ArrayView<float>, int> _lookUpDense;

    public DecoderKernels(Accelerator accelerator, AcceleratorStream stream)
    {
        _stream = stream;
        _threads = ReductionTree.ThreadsFor(accelerator);
        _normalise = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, int, float>(RmsNormKernel.Normalise);
        _rotate = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, int, int, int>(RotaryKernel.Rotate);
        _attend = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>, ArrayView<float>, AttentionShape>(AttentionKernel.Attend);
        _select = accelerator.LoadKernel<ArrayView<float>, ArrayView<int>, ArrayView<float>, int, int, int>(RouterKernel.Select);
        _sort = accelerator.LoadKernel<ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, ArrayView<int>, int, int, int>(GroupingKernel.Sort);
        _add = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>>(ElementKernels.Add);
        _addBias = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>>(ElementKernels.AddBias);
        _clamp = accelerator.LoadKernel<ArrayView<float>, float>(ElementKernels.Clamp);
        _activate = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<float>>(ElementKernels.Activate);
        _combine = accelerator.LoadKernel<ArrayView<int>, ArrayView<float>, ArrayView<float>, ArrayView<float>, int, int>(ElementKernels.Combine);
        _multiply = accelerator.LoadKernel<ArrayView<float>, ArrayView<float>, ArrayView<int>, ArrayView<int>, ArrayView<float>, DenseProductShape>(DenseProductKernel.Multiply);
        _lookUpPacked = accelerator.LoadKernel<ArrayView<uint>, ArrayView<MatrixLayout>, ArrayView<int>, int, ArrayView<float>, int, int>(TableKernels.LookUpPacked);
        _lookUpDense = accelerator.LoadKernel<ArrayView<float>, ArrayView<int>, int, ArrayView<float>, int>(TableKernels.LookUpDense);
    }

    public void Normalise(ArrayView<float> x, ArrayView<float> weight, float epsilon, ArrayView<float> y, int rows) => _normalise(_stream, Groups(rows), x, weight, y, (int)weight.Length, epsilon);

    public void Rotate(ArrayView<float> y, ArrayView<float> rotations, int tokens, int columns, int headDimension, int firstPosition) =>
        _rotate(_stream, Groups(Chunks(columns / 2), tokens), y, rotations, columns / 2, headDimension / 2, firstPosition);

    public void Attend(ArrayView<float> queries, ArrayView<float> keys, ArrayView<float> values, ArrayView<float> outputs, int tokens, AttentionShape shape) =>
        _attend(_stream, Groups(shape.QuerySize / shape.HeadDimension, tokens), queries, keys, values, outputs, shape);

    public void Route(ArrayView<float> logits, bool normalize, IlgpuRouting routing)
    {
        int tokens = routing.TokenCount, experts = routing.ExpertCount, perToken = routing.ExpertsPerToken;
        _select(_stream, Groups(tokens), logits, routing.Chosen, routing.Weights, experts, perToken, normalize ? 1 : 0);
        _sort(_stream, Groups(Chunks(experts)), routing.Chosen, routing.Offsets, routing.TokenOfSlot, routing.ExpertOfSlot, routing.SlotOfPair, experts, perToken, routing.SlotCount);
    }

    public void Add(ArrayView<float> x, ArrayView<float> y) => _add(_stream, Groups(Chunks(y.Length)), x, y);

    public void AddBias(ArrayView<float> bias, ArrayView<float> y) => _addBias(_stream, Groups(Chunks(y.Length)), bias, y);

    public void Clamp(ArrayView<float> y, float limit) => _clamp(_stream, Groups(Chunks(y.Length)), y, limit);

    public void Activate(ArrayView<float> gate, ArrayView<float> up, ArrayView<float> inner) => _activate(_stream, Groups(Chunks(inner.Length)), gate, up, inner);

    public void Combine(IlgpuRouting routing, ArrayView<float> slots, ArrayView<float> y, int columns) =>
        _combine(_stream, Groups(Chunks(y.Length)), routing.SlotOfPair, routing.Weights, slots, y, columns, routing.ExpertsPerToken);

    public void Multiply(ArrayView<float> w, ArrayView<float> x, ArrayView<int> tokenOfSlot, ArrayView<int> expertOfSlot, ArrayView<float> y, int slots, DenseProductShape shape) =>
        _multiply(_stream, Groups(shape.Rows, slots), w, x, tokenOfSlot, expertOfSlot, y, shape);

    public void LookUp(IlgpuMatrix table, ArrayView<int> tokens, int single, int count, ArrayView<float> output)
    {
        KernelConfig config = Groups(Chunks(table.Columns), count);
        if (table.Packed is { } packed)
            _lookUpPacked(_stream, config, packed.Words, packed.DeviceLayouts, tokens, single, output, table.Rows, table.Columns);
        else
            _lookUpDense(_stream, config, table.Dense!.View, tokens, single, output, table.Columns);
    }

    private int Chunks(long length) => checked((int)((length + _threads - 1) / _threads));

    private KernelConfig Groups(int x, int y = 1) => new(new Index3D(x, y, 1), new Index3D(_threads, 1, 1));
}
