using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The two streams while they pass one layer.</summary>
/// <param name="context">Model and data.</param>
/// <param name="layer">The layer.</param>
/// <param name="reference">The stream through the original layers, before this one.</param>
/// <param name="current">The stream through the quantized layers, before this one.</param>
/// <param name="original">The original weights.</param>
/// <param name="quantized">The weights as far as they are quantized.</param>
internal sealed class LayerStreams(CalibratedLayerContext context, int layer, HiddenStates reference, HiddenStates current, IWeightSource original, IWeightSource quantized)
{
    /// <summary>Runs the original layer's next half on the reference stream and keeps what its matrices see.</summary>
    public LayerCapture AdvanceReference(LayerPart part, CancellationToken cancellationToken, params ReadOnlySpan<LayerSite> sites) =>
        Run(original, sites, (executor, capture) => reference.Advance(executor, part, capture, cancellationToken), cancellationToken);

    /// <summary>Runs a part of the layer as it is now on the current stream, which does not move, and keeps what the matrices see.</summary>
    public LayerCapture Observe(LayerPart part, CancellationToken cancellationToken, params ReadOnlySpan<LayerSite> sites) =>
        Run(quantized, sites, (executor, capture) => current.Observe(executor, part, capture, cancellationToken), cancellationToken);

    /// <summary>Moves the current stream through the next half of the layer, which is quantized.</summary>
    public void Advance(LayerPart part, CancellationToken cancellationToken)
    {
        using LayerExecutor executor = CreateExecutor(quantized);
        current.Advance(executor, part, null, cancellationToken);
    }

    private LayerCapture Run(IWeightSource weights, ReadOnlySpan<LayerSite> sites, Action<LayerExecutor, LayerCapture> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LayerCapture capture = new(context.Config, layer, context.Data.Sequences.TokenCount, sites);
        try
        {
            using LayerExecutor executor = CreateExecutor(weights);
            run(executor, capture);
            return capture;
        }
        catch
        {
            capture.Dispose();
            throw;
        }
    }

    private LayerExecutor CreateExecutor(IWeightSource weights) => new(context.Config, weights, layer, context.ThreadCount, context.Data.Sequences.LongestLength);
}
