using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.MiLo;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Turns blocks into bytes. Safe for concurrent calls; the result of a block depends on nothing but its weights and the options.</summary>
internal sealed class BlockQuantizer(ITensorReader reader, QuantizationOptions options, INumericBackend backend)
{
    public BlockResult Quantize(TensorBlock block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (block.Treatment.Groups is not { } scheme)
            return new() { Plain = WeightLoader.LoadPlain(reader, block.Tensor) };
        using FloatMatrix weights = WeightLoader.LoadRows(reader, block.Tensor, block.FirstRow, block.RowCount);
        return block.Treatment.Solver == GroupSolver.RoundToNearest ? Round(weights, scheme) : Compensate(weights, scheme, block.Treatment.Rank, cancellationToken);
    }

    private BlockResult Compensate(FloatMatrix weights, GroupScheme scheme, int rank, CancellationToken cancellationToken)
    {
        MiLoResult result = MiLoQuantizer.Quantize(weights, scheme, new(rank, options.CompensatorBits), backend, cancellationToken);
        return new()
        {
            Weights = Pack(result.Groups),
            InputFactor = result.InputFactor,
            OutputFactor = result.OutputFactor,
            SquaredNorm = result.SquaredNorm,
            PlainError = result.PlainError,
            FinalError = result.FinalError,
        };
    }

    private BlockResult Round(FloatMatrix weights, GroupScheme scheme)
    {
        QuantizedGroups groups = new(weights.Rows, weights.Columns, scheme);
        using FloatMatrix dequantized = new(weights.Rows, weights.Columns);
        backend.QuantizeGroups(weights, scheme, GroupSolver.RoundToNearest, groups, dequantized);
        double error = DoubleSums.SquaredDistance(weights, dequantized);
        return new() { Weights = Pack(groups), SquaredNorm = DoubleSums.SquaredNorm(weights), PlainError = error, FinalError = error };
    }

    private static byte[] Pack(QuantizedGroups groups)
    {
        PackedShape shape = new(groups.Rows, groups.Columns, groups.Scheme.Bits, groups.Scheme.GroupSize, groups.Scheme.Symmetric);
        byte[] packed = new byte[checked((int)shape.TotalBytes)];
        MatrixPacker.Pack(groups.Codes, groups.Scales, groups.Scheme.Symmetric ? [] : groups.ZeroPoints, shape, packed);
        return packed;
    }
}
