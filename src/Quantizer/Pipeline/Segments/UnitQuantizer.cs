using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>Quantizes a list of tensors from their weights alone, in parallel.</summary>
/// <remarks>The result does not depend on the number of threads. Memory stays below the packed size of the list plus two bytes for each of its weights, or what one matrix takes.</remarks>
internal sealed class UnitQuantizer(ITensorReader reader, QuantizationPlan plan, INumericBackend backend, int threadCount)
{
    private readonly BlockQuantizer _blocks = new(reader, backend);

    /// <summary>Quantizes tensors and returns them in the same order.</summary>
    public IReadOnlyList<SegmentTensor> Quantize(IReadOnlyList<PlannedTensor> tensors, IProgress<double> progress, CancellationToken cancellationToken)
    {
        TensorBlock[] blocks = [.. Split(tensors)];
        long effort = Math.Max(blocks.Sum(block => block.Effort), 1), done = 0;
        List<SegmentTensor> finished = [];
        List<BlockResult> parts = [];
        OrderedWork.Run(blocks, threadCount, blocks.Sum(block => block.WeightCount) * 2, block => block.WorkingBytes, _blocks.Quantize, (block, result) =>
        {
            parts.Add(result);
            if (block.IsLast)
            {
                finished.Add(block.Treatment.Recipe is null ? SegmentTensor.Plain(block.Tensor, result.Plain) : SegmentTensor.Packed(block.Tensor, block.Treatment, parts));
                parts = [];
            }

            done += block.Effort;
            progress.Report((double)done / effort);
        }, cancellationToken);
        return finished;
    }

    private IEnumerable<TensorBlock> Split(IEnumerable<PlannedTensor> tensors) => tensors.SelectMany(tensor => TensorBlock.Split(tensor, plan[tensor]));
}
