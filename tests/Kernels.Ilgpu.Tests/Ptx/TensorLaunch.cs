using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Prepares a product on tensor cores with the kernels that run on ILGPU's CPU accelerator, and interprets the PTX of the product itself.</summary>
internal sealed class TensorLaunch
{
    private readonly int _slots;
    private readonly int _rows;
    private readonly uint[] _words;
    private readonly MatrixLayout[] _layouts;
    private readonly uint[] _halves;
    private readonly float[] _sums;
    private readonly float[] _scales;
    private readonly float[] _latent;
    private readonly TensorProductShape _shape;

    public TensorLaunch(IReadOnlyList<LinearOperand> matrices, RoundedTokens x, int inputRows, int slots)
    {
        Accelerator accelerator = TestBackends.Cpu.Accelerator;
        using PackedWeights weights = new(accelerator, matrices);
        _slots = slots;
        _rows = weights.Rows;
        _words = weights.Words.GetAsArray();
        _layouts = [.. weights.Layouts];
        using MemoryBuffer1D<float, Stride1D.Dense> work = accelerator.Allocate1D<float>(TensorInputs.WorkLength(weights, slots));
        using MemoryBuffer1D<ushort, Stride1D.Dense> values = accelerator.Allocate1D(x.Bits);
        TensorInputs inputs = new(work.View, weights, slots, inputRows);
        accelerator.LoadStreamKernel<ArrayView<ushort>, int, int, ArrayView<uint>, ArrayView<float>, ArrayView<float>>(TensorInputKernel<ushort, HalfReader>.Prepare)(
            new KernelConfig(new Index3D(inputRows, 1, 1), new Index3D(32, 1, 1)), values.View, weights.Columns, inputs.Steps, inputs.Halves, inputs.Sums, inputs.Scales);
        accelerator.Synchronize();
        (_halves, _sums, _scales) = (inputs.Halves.GetAsArray(), inputs.Sums.GetAsArray(), inputs.Scales.GetAsArray());
        _latent = new float[Math.Max(1, slots * weights.MaxRank)];
        _shape = new TensorProductShape { Rows = weights.Rows, Slots = slots, Steps = inputs.Steps, LatentStride = weights.MaxRank };
        Matrices = matrices;
        Inputs = x;
    }

    private IReadOnlyList<LinearOperand> Matrices { get; }

    private RoundedTokens Inputs { get; }

    public float[] Multiply(PtxListing listing)
    {
        for (int slot = 0; slot < _slots; slot++)
            Project(0, slot, slot);
        PtxMemory memory = new();
        AddWeights(memory);
        byte[] y = AddRest(memory, _shape);
        PtxLaunch.Run(listing, memory, (_slots + 7) / 8, (_rows + 15) / 16, TensorProduct.Threads);
        return MemoryMarshal.Cast<byte, float>(y).ToArray();
    }

    public float[] MultiplyExperts(PtxListing listing, ExpertItem[] items, int[] rowOfSlot)
    {
        foreach (ExpertItem item in items)
            for (int slot = item.First; slot < item.First + item.Count; slot++)
                Project(item.Expert, rowOfSlot[slot], slot);
        PtxMemory memory = new();
        AddWeights(memory);
        memory.AddView<ExpertItem>(items);
        memory.AddView<int>(rowOfSlot);
        TensorProductShape shape = _shape;
        shape.Indirect = 1;
        byte[] y = AddRest(memory, shape);
        PtxLaunch.Run(listing, memory, items.Length, (_rows + 15) / 16, TensorProduct.Threads);
        return MemoryMarshal.Cast<byte, float>(y).ToArray();
    }

    private void AddWeights(PtxMemory memory)
    {
        memory.AddView<uint>(_words);
        memory.AddView<MatrixLayout>(_layouts);
    }

    private byte[] AddRest(PtxMemory memory, TensorProductShape shape)
    {
        memory.AddView<uint>(_halves);
        memory.AddView<float>(_sums);
        memory.AddView<float>(_scales);
        memory.AddView<float>(_latent);
        byte[] y = memory.AddView<float>(Enumerable.Repeat(float.NaN, _slots * _rows).ToArray());
        memory.AddValue(shape);
        return y;
    }

    /// <summary>latent = V x, by definition.</summary>
    private unsafe void Project(int expert, int row, int slot)
    {
        LinearOperand operand = Matrices[expert];
        byte[] factor = operand.Rank == 0 ? [] : new ReadOnlySpan<byte>(operand.InputFactor.Data, (int)operand.InputFactor.Shape.TotalBytes).ToArray();
        for (int rank = 0; rank < operand.Rank; rank++)
        {
            double sum = 0;
            for (int column = 0; column < operand.Columns; column++)
                sum += LayoutOracle.Factor(factor, operand.Rank, operand.Columns, operand.InputFactor.Shape.Bits, rank, column) * Inputs.Value(row, column);
            _latent[(slot * _shape.LatentStride) + rank] = (float)sum;
        }
    }
}
