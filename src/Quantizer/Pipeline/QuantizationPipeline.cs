using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Makes a packed file from a checkpoint, tensor by tensor in file order.</summary>
/// <remarks>
/// Matrices are quantized in parallel and written by the calling thread in file order; the file has the same bytes for any number of threads. Memory stays below about what
/// a layer takes in half precision, or what one matrix takes, whichever is more. The file appears complete or not at all.
/// </remarks>
public sealed class QuantizationPipeline
{
    private readonly QuantizationSource _source;
    private readonly QuantizationOptions _options;
    private readonly INumericBackend _backend;

    /// <summary>Prepares a run.</summary>
    public QuantizationPipeline(QuantizationSource source, QuantizationOptions options)
        : this(source, options, ManagedBackend.Instance)
    {
    }

    internal QuantizationPipeline(QuantizationSource source, QuantizationOptions options, INumericBackend backend)
    {
        _source = source;
        _options = options;
        _backend = backend;
    }

    /// <summary>Runs.</summary>
    /// <param name="path">The packed file to make; an existing one is replaced at the end.</param>
    /// <param name="progress">Follows the run; or null.</param>
    /// <param name="cancellationToken">Ends the run within some milliseconds to seconds; nothing is left behind.</param>
    /// <exception cref="MoEQuantException">A weight cannot be quantized (MOEQ1049), the checkpoint is damaged, or the file cannot be written (MOEQ502x).</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public QuantizationResult Run(string path, IQuantizationProgress? progress = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<TensorBlock> blocks = TensorBlock.Split(_source.Plan, _options);
        int layerCount = _source.Plan.Layers.Count;
        PackedModelHeader header = new(_options.Name, _options.Scheme.ToString(), ToolVersion.Current, ToolVersion.RuntimeRange, QuantizationRecord.Capacity(layerCount));
        using PackedModelWriter writer = new(path, header, Declare(blocks));
        foreach ((string name, byte[] content) in _source.Files)
            writer.WriteFile(name, content);

        QuantizationStatistics statistics = new();
        using TensorAssembly assembly = new(writer, _options);
        BlockQuantizer quantizer = new(_source.Weights, _options, _backend);
        long effort = blocks.Sum(block => block.Effort), done = 0;
        int index = 0;
        OrderedWork.Run(blocks, _options.ThreadCount, MemoryLimit(blocks), block => block.WorkingBytes, quantizer.Quantize, (block, result) =>
        {
            assembly.Add(block, result);
            statistics.Add(block, result);
            done += block.Effort;
            index++;
            bool completed = block.Tensor.Layer >= 0 && (index == blocks.Count || blocks[index].Tensor.Layer != block.Tensor.Layer);
            progress?.Report(new(block.Tensor.Layer, layerCount, completed, (double)done / effort, statistics.LayerError(block.Tensor.Layer)));
        }, cancellationToken);

        writer.Commit(QuantizationRecord.Write(_options, _source, statistics));
        return new(path, _options.Name, _options.Scheme, _source.Bytes, new FileInfo(path).Length, statistics);
    }

    private PackedModelContents Declare(IReadOnlyList<TensorBlock> blocks)
    {
        TensorBlock[] first = [.. blocks.Where(block => block.FirstRow == 0)];
        return new(
            [.. _source.Files.Select(file => file.Key)],
            [.. first.Where(block => block.Treatment.Groups is null).Select(block => block.Tensor.Name)],
            [.. first.Where(block => block.Treatment.Groups is not null).Select(block => block.Tensor.Name)]);
    }

    /// <summary>Two bytes for each weight of the largest layer.</summary>
    private static long MemoryLimit(IReadOnlyList<TensorBlock> blocks) =>
        blocks.Where(block => block.Tensor.Layer >= 0).GroupBy(block => block.Tensor.Layer).Select(layer => layer.Sum(block => block.WeightCount) * 2).DefaultIfEmpty(0).Max();
}
