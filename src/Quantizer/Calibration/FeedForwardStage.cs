using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Segments;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>The second half of a layer: every expert on the tokens that reach it, shared experts or the dense network on all tokens.</summary>
internal static class FeedForwardStage
{
    /// <summary>Quantizes the networks and moves both streams behind the layer.</summary>
    /// <param name="context">Model, data and options.</param>
    /// <param name="plan">The layer.</param>
    /// <param name="streams">The streams behind attention.</param>
    /// <param name="finish">Takes each finished matrix.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <returns>The experts' tokens and the router's agreement.</returns>
    public static LayerStatistics Run(CalibratedLayerContext context, LayerPlan plan, LayerStreams streams, Action<SegmentTensor> finish, CancellationToken cancellationToken)
    {
        using LayerCapture reference = streams.AdvanceReference(LayerPart.FeedForward, cancellationToken, LayerSite.FeedForwardInput);
        context = SmoothingStage.SmoothFeedForward(context, plan, streams, reference, finish, cancellationToken);
        RouterStage.Run(context, plan, streams, reference, finish, cancellationToken);
        using LayerCapture current = streams.Observe(LayerPart.FeedForwardInput, cancellationToken, LayerSite.FeedForwardInput);
        IReadOnlyList<ExpertTokens> tokens = current.Routing is null ? [] : ExpertBalance.Choose(current.Routing, context.Data, context.Options, context.Config.NormalizeTopK);
        StarvedExperts.RequireEnough(plan.InputNorm.Layer, tokens, context.Options);
        GatedNetwork[] networks =
        [
            .. plan.Experts.Zip(tokens, (expert, chosen) => new GatedNetwork(expert, chosen.Tokens, chosen.Weights)),
            .. new[] { plan.SharedExperts, plan.DenseMlp }.OfType<GatedMlpPlan>().Select(network => new GatedNetwork(network, [], [])),
        ];
        GatedQuantizer quantizer = new(context.Reader, context.Matrices, context.Options.DriftStrength, context.Backend);
        OrderedWork.Run(networks, context.ThreadCount, MemoryLimit(networks, current, context.ThreadCount), network => network.WorkingBytes(current[LayerSite.FeedForwardInput].Rows),
            (network, cancel) => quantizer.Quantize(network.Plan, current[LayerSite.FeedForwardInput], reference[LayerSite.FeedForwardInput], network.Tokens, network.Weights, cancel),
            (_, made) => Array.ForEach(made, finish), cancellationToken);
        streams.Advance(LayerPart.FeedForward, cancellationToken);
        return new()
        {
            Layer = plan.InputNorm.Layer,
            Experts = [.. tokens.Select(expert => expert.Statistics)],
            RouterAgreement = current.Routing is null ? null : RoutingAgreement.Measure(reference.Routing!, current.Routing),
        };
    }

    /// <summary>As many as there are threads: results are small beside what the work needs.</summary>
    private static long MemoryLimit(GatedNetwork[] networks, LayerCapture current, int threads) =>
        networks.Max(network => network.WorkingBytes(current[LayerSite.FeedForwardInput].Rows)) * threads;
}
