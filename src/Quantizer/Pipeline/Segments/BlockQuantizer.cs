using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
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
        InputRotation.Apply(weights, block.Treatment.Activations);
        return BlockResult.From(MatrixQuantizer.Quantize(weights, covariance: null, recipe, backend, cancellationToken));
    }
}
