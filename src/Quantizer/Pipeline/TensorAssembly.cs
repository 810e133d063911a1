using System.Runtime.InteropServices;
using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Joins the blocks of each tensor, which come in file order, and writes complete tensors.</summary>
internal sealed unsafe class TensorAssembly(PackedModelWriter writer, QuantizationOptions options) : IDisposable
{
    private byte* _weights;
    private long _filled;

    public void Add(TensorBlock block, BlockResult result)
    {
        PlannedTensor tensor = block.Tensor;
        if (block.Treatment.Groups is not { } scheme)
        {
            if (tensor.IsVector)
                writer.WriteVector(tensor.Name, result.Plain, tensor.Rows);
            else
                writer.WriteVector(tensor.Name, result.Plain, tensor.Rows, tensor.Columns);
            return;
        }

        PackedMatrixRecord record = Describe(tensor, scheme, block.Treatment.Rank, result);
        if (block.FirstRow == 0 && block.IsLast)
        {
            writer.WriteMatrix(tensor.Name, record, result.Weights, result.InputFactor, result.OutputFactor);
            return;
        }

        // Native memory, because the packed embedding of a large vocabulary may exceed what an array holds.
        if (block.FirstRow == 0)
            _weights = (byte*)NativeMemory.Alloc((nuint)record.WeightBytes);
        result.Weights.CopyTo(new Span<byte>(_weights + _filled, result.Weights.Length));
        _filled += result.Weights.Length;
        if (!block.IsLast)
            return;
        if (_filled != record.WeightBytes)
            throw new InvalidOperationException($"The blocks of {tensor.Name} have {_filled} bytes, not {record.WeightBytes}.");
        writer.WriteMatrix(tensor.Name, record, _weights, null, null);
        Dispose();
    }

    public void Dispose()
    {
        NativeMemory.Free(_weights);
        _weights = null;
        _filled = 0;
    }

    private PackedMatrixRecord Describe(PlannedTensor tensor, GroupScheme scheme, int rank, BlockResult result)
    {
        PackedShape shape = new(tensor.Rows, tensor.Columns, scheme.Bits, scheme.GroupSize, scheme.Symmetric);
        return new(0, tensor.Rows, tensor.Columns, scheme.Bits, rank > 0 ? options.CompensatorBits : 0, scheme.GroupSize, scheme.Symmetric,
            PackedMatrixRecord.Tile16Layout, rank, shape.TotalBytes, result.InputFactor.Length, result.OutputFactor.Length);
    }
}
