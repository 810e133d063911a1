using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.MiLo;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Turns blocks into bytes. Safe for concurrent calls; the result of a block depends on nothing but its weights and its treatment.</summary>
internal sealed class BlockQuantizer(ITensorReader reader, INumericBackend backend)
{
    public BlockResult Quantize(TensorBlock block, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (block.Treatment.Recipe is not { } recipe)
            return new() { Plain = WeightLoader.LoadPlain(reader, block.Tensor) };
        using FloatMatrix weights = WeightLoader.LoadRows(reader, block.Tensor, block.FirstRow, block.RowCount);
        return recipe.Rounding == RoundingMethod.Nearest && recipe.Rank == 0 ? Round(weights, recipe.Groups) : Compensate(weights, recipe, cancellationToken);
    }

    private BlockResult Compensate(FloatMatrix weights, MatrixRecipe recipe, CancellationToken cancellationToken)
    {
        MiLoResult result = MiLoQuantizer.Quantize(weights, recipe.Groups, new(recipe.Rank, recipe.CompensatorBits), backend, cancellationToken);
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
