using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>
/// Smooths a half of a layer before its matrices are quantized (EAQuant, arXiv 2506.13329): the norm is finished with its new weight, matrices are read through the transform from then on, and the
/// reference's captured inputs are brought into the same basis.
/// </summary>
internal static class SmoothingStage
{
    /// <summary>Norm → q, k, v and v → o.</summary>
    /// <param name="context">Model, data and options.</param>
    /// <param name="plan">The layer.</param>
    /// <param name="streams">The streams in front of the layer.</param>
    /// <param name="reference">What the original layer's attention saw; transformed in place.</param>
    /// <param name="finish">Takes the finished norm and biases.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The context to go on with.</returns>
    public static CalibratedLayerContext SmoothAttention(
        CalibratedLayerContext context, LayerPlan plan, LayerStreams streams, LayerCapture reference, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        if (!context.Smooths)
            return context;
        using LayerCapture seen = streams.Observe(LayerPart.Attention, cancellationToken, LayerSite.AttentionInput, LayerSite.OutputInput);
        LayerTransform transform = Smoother(context, plan, plan.Query.Weight).SmoothAttention(seen[LayerSite.AttentionInput], seen[LayerSite.OutputInput]);
        transform.ApplyToInputsOf(plan.Query.Weight, reference[LayerSite.AttentionInput]);
        transform.ApplyToInputsOf(plan.Output.Weight, reference[LayerSite.OutputInput]);
        return Apply(context, plan, transform, finish);
    }

    /// <summary>Norm → router, experts, shared or dense network, and up → down; see <see cref="SmoothAttention"/>.</summary>
    public static CalibratedLayerContext SmoothFeedForward(
        CalibratedLayerContext context, LayerPlan plan, LayerStreams streams, LayerCapture reference, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        if (!context.Smooths)
            return context;
        using LayerCapture seen = streams.Observe(LayerPart.FeedForwardInput, cancellationToken, LayerSite.FeedForwardInput);
        PlannedTensor gate = plan.Networks().First().Gate;
        LayerTransform transform = Smoother(context, plan, gate).SmoothFeedForward(seen[LayerSite.FeedForwardInput], expert => seen.Routing!.TokensOf(expert).Tokens, expert => (double)seen.Routing!.TokensOf(expert).Tokens.Length / seen.Routing!.TokenCount);
        transform.ApplyToInputsOf(gate, reference[LayerSite.FeedForwardInput]);
        return Apply(context, plan, transform, finish);
    }

    private static CalibratedLayerContext Apply(CalibratedLayerContext context, LayerPlan plan, LayerTransform transform, Action<SegmentTensor> finish)
    {
        TransformedReader reader = new(context.Reader, transform);
        foreach (PlannedTensor vector in plan.Tensors.Where(tensor => tensor.IsVector && transform[tensor] is not null))
            finish(SegmentTensor.Plain(vector, WeightLoader.LoadPlain(reader, vector)));
        return context with { Reader = reader };
    }

    /// <summary>Imitates one matrix of the half; the others are stored much alike.</summary>
    private static LayerSmoother Smoother(CalibratedLayerContext context, LayerPlan plan, PlannedTensor typical)
    {
        MatrixTreatment treatment = context.Treatments[typical];
        PackedActivations activations = treatment.Activations;
        ActivationScheme? scheme = activations.Bits == 0 ? null : new(activations.Bits, activations.GroupSize, activations.ClipPercent / 100f);
        TrialFormat format = new(treatment.Recipe!.Groups, scheme, activations.RotationBlock > 1);
        return new(context.Config, plan, tensor => WeightLoader.LoadRows(context.Reader, tensor, 0, tensor.Rows), new SmoothingOptions(format), context.Backend);
    }
}
