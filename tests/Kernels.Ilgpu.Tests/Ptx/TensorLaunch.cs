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
    private readonly List<uint[]> _words = [];
    private readonly List<MatrixLayout[]> _layouts = [];
    private readonly uint[] _halves;
    private readonly float[] _sums;
    private readonly float[] _scales;
    private readonly float[] _latent;
    private readonly TensorProductShape _shape;
    private readonly IReadOnlyList<LinearOperand>[] _matrices;
    private readonly RoundedTokens _inputs;

    /// <param name="matrices">The experts' matrices or a single one; for gated products those of the gates, then those of the up projections.</param>
    /// <param name="x">The inputs.</param>
    /// <param name="inputRows">Rows of the inputs.</param>
    /// <param name="slots">Results.</param>
    public TensorLaunch(IReadOnlyList<LinearOperand>[] matrices, RoundedTokens x, int inputRows, int slots)
    {
        Accelerator accelerator = TestBackends.Cpu.Accelerator;
        using PackedWeights first = new(accelerator, matrices[0]), last = new(accelerator, matrices[^1]);
        ProductOperands operands = matrices.Length == 1 ? new(first) : new(first, last);
        _slots = slots;
        _rows = first.Rows;
        foreach (PackedWeights weights in (PackedWeights[])[first, .. matrices.Length == 1 ? [] : (PackedWeights[])[last]])
        {
            _words.Add(weights.Words.GetAsArray());
            _layouts.Add([.. weights.Layouts]);
        }

        using MemoryBuffer1D<float, Stride1D.Dense> work = accelerator.Allocate1D<float>(TensorInputs.WorkLength(operands, slots));
        using MemoryBuffer1D<ushort, Stride1D.Dense> values = accelerator.Allocate1D(x.Bits);
        TensorInputs inputs = new TensorInputLauncher<ushort, HalfReader>(accelerator).Prepare(accelerator.DefaultStream, operands, values.View, slots, inputRows, work.View);
        accelerator.Synchronize();
        (_halves, _sums, _scales) = (inputs.Halves.GetAsArray(), inputs.Sums.GetAsArray(), inputs.Scales.GetAsArray());
        _latent = new float[Math.Max(1, operands.LatentLength(slots))];
        _shape = new TensorProductShape { Rows = _rows, Slots = slots, Steps = inputs.Steps, LatentStride = operands.MaxRank };
        _matrices = matrices;
        _inputs = x;
    }

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
        for (int index = 0; index < _words.Count; index++)
        {
            memory.AddView<uint>(_words[index]);
            memory.AddView<MatrixLayout>(_layouts[index]);
        }
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
        for (int matrix = 0; matrix < _matrices.Length; matrix++)
        {
            LinearOperand operand = _matrices[matrix][expert];
            byte[] factor = operand.Rank == 0 ? [] : new ReadOnlySpan<byte>(operand.InputFactor.Data, (int)operand.InputFactor.Shape.TotalBytes).ToArray();
            for (int rank = 0; rank < operand.Rank; rank++)
            {
                double sum = 0;
                for (int column = 0; column < operand.Columns; column++)
                    sum += LayoutOracle.Factor(factor, operand.Rank, operand.Columns, operand.InputFactor.Shape.Bits, rank, column) * _inputs.Value(row, column);
                _latent[(((matrix * _slots) + slot) * _shape.LatentStride) + rank] = (float)sum;
            }
        }
    }
}
