using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>
/// Quantizes layers with calibration tokens. Two streams of hidden states run along: the reference through the original layers, the current one through what has been quantized. Each matrix is
/// quantized for the inputs that it will see, in the order in which the layer computes: q, k and v; o behind the quantized attention; then the feed-forward network behind the quantized o.
/// </summary>
internal sealed class CalibratedLayerQuantizer : ILayerQuantizer
{
    private readonly CalibratedLayerContext _context;
    private readonly HiddenStates _reference;
    private readonly HiddenStates _current;
    private int _next;

    /// <param name="context">Model, data and options.</param>
    /// <param name="embedding">The embedding's weights as they will be stored: the current stream starts from it.</param>
    public CalibratedLayerQuantizer(CalibratedLayerContext context, SegmentTensor? embedding)
    {
        _context = context;
        using LayerWeights original = new(context.Reader), stored = new(context.Reader);
        if (embedding is not null)
            stored.Replace(embedding);
        _reference = HiddenStates.Embed(context.Data.Sequences, context.Config, original);
        _current = HiddenStates.Embed(context.Data.Sequences, context.Config, stored);
    }

    public LayerSegment Quantize(int layer, IProgress<double> progress, CancellationToken cancellationToken)
    {
        if (layer != _next)
            throw new InvalidOperationException($"Layer {layer} was asked for, {_next} is next.");
        LayerPlan plan = _context.Plan.Layers[layer];
        using LayerWeights original = new(_context.Reader), quantized = new(_context.Reader);
        LayerStreams streams = new(_context, layer, _reference, _current, original, quantized);
        Dictionary<string, SegmentTensor> finished = new(StringComparer.Ordinal);
        LayerProgress follow = new(progress, plan);
        void Finish(SegmentTensor tensor)
        {
            quantized.Replace(tensor);
            // Smoothing and router alignment replace norms and routers that are there already.
            if (!finished.ContainsKey(tensor.Statistics.Name))
                follow.Add(tensor);
            finished[tensor.Statistics.Name] = tensor;
        }

        // Norms, biases and routers need no calibration; they come first because the stages run on them.
        UnitQuantizer uncalibrated = new(_context.Reader, _context.Treatments, _context.Backend, _context.ThreadCount);
        PlannedTensor[] small = [.. plan.Tensors.Where(tensor => tensor.Role is TensorRole.Norm or TensorRole.Bias or TensorRole.Router)];
        foreach (SegmentTensor tensor in uncalibrated.Quantize(small, new Progress<double>(), cancellationToken))
            Finish(tensor);
        AttentionStage.Run(_context, plan, streams, Finish, cancellationToken);
        LayerStatistics statistics = FeedForwardStage.Run(_context, plan, streams, Finish, cancellationToken);
        _reference.RequireFinite(layer, "original");
        _current.RequireFinite(layer, "quantized");
        _next = layer + 1;
        foreach (PlannedTensor tensor in plan.Tensors)
            _context.Reader.Release(tensor);
        return new(statistics with { Layer = layer }, [.. plan.Tensors.Select(tensor => finished[tensor.Name])]);
    }

    public void SaveState(Stream destination)
    {
        _reference.Save(destination);
        _current.Save(destination);
    }

    public void RestoreState(int nextLayer, Stream source)
    {
        _reference.Restore(source);
        _current.Restore(source);
        _next = nextLayer;
    }

    public void Dispose()
    {
    }

}
