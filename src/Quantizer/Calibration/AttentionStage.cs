using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The first half of a layer: q, k and v on the normalised stream, then o on what attention makes with the quantized q, k and v.</summary>
internal static class AttentionStage
{
    /// <summary>Quantizes the four matrices and moves both streams behind attention.</summary>
    /// <param name="context">Model, data and options.</param>
    /// <param name="plan">The layer.</param>
    /// <param name="streams">The streams in front of the layer.</param>
    /// <param name="finish">Takes each finished matrix.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public static void Run(CalibratedLayerContext context, LayerPlan plan, LayerStreams streams, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        using LayerCapture reference = streams.AdvanceReference(LayerPart.Attention, cancellationToken, LayerSite.AttentionInput, LayerSite.OutputInput);
        context = SmoothingStage.SmoothAttention(context, plan, streams, reference, finish, cancellationToken);
        using (LayerCapture inputs = streams.Observe(LayerPart.AttentionInput, cancellationToken, LayerSite.AttentionInput))
            Quantize(context, [plan.Query.Weight, plan.Key.Weight, plan.Value.Weight], inputs[LayerSite.AttentionInput], reference[LayerSite.AttentionInput], finish, cancellationToken);
        using (LayerCapture heads = streams.Observe(LayerPart.Attention, cancellationToken, LayerSite.OutputInput))
            Quantize(context, [plan.Output.Weight], heads[LayerSite.OutputInput], reference[LayerSite.OutputInput], finish, cancellationToken);
        streams.Advance(LayerPart.Attention, cancellationToken);
    }

    private static void Quantize(
        CalibratedLayerContext context, PlannedTensor[] tensors, FloatMatrix current, FloatMatrix reference, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        using InputCovariance inputs = context.Matrices.Prepare(tensors[0], InputCovariance.From(current, [], [], context.Backend, reference, context.Options.DriftStrength));
        // Four matrices of floats each; there are three at most, so memory needs no limit.
        OrderedWork.Run(tensors, context.ThreadCount, long.MaxValue, tensor => tensor.ElementCount * 4 * sizeof(float),
            (tensor, cancel) => context.Matrices.Quantize(tensor, inputs, cancel), (_, made) => finish(made), cancellationToken);
    }
}
