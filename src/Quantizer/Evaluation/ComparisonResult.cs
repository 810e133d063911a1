namespace MoEQuant.Quantizer.Evaluation;

/// <summary>How far a model is from its reference on a text.</summary>
/// <param name="Model">How well the model predicts the text.</param>
/// <param name="Reference">How well the reference does, over the same windows.</param>
/// <param name="MeanDivergence">Mean over all scored tokens of KL(reference ‖ model), in nats.</param>
/// <param name="P99Divergence">Its 99th percentile, in nats.</param>
/// <param name="Top1Agreement">The share of scored tokens for which both find the same next token most probable, 0 to 1.</param>
/// <param name="Routers">Agreement of the routers, layers without a router left out; empty when the two networks have other numbers of layers or experts.</param>
public sealed record ComparisonResult(
    PerplexityResult Model, PerplexityResult Reference, double MeanDivergence, double P99Divergence, double Top1Agreement, IReadOnlyList<LayerAgreement> Routers)
{
    /// <summary>The model's perplexity relative to the reference's, less 1: 0.02 is 2 % worse; below 0 where the model happens to predict better.</summary>
    public double PerplexityIncrease => Math.Exp(Model.NegativeLogLikelihood - Reference.NegativeLogLikelihood) - 1;

    /// <summary>Mean of <see cref="Routers"/>; null when there are none.</summary>
    public double? MeanRouterAgreement => Routers.Count == 0 ? null : Routers.Average(layer => layer.Agreement);

    /// <summary>The least of <see cref="Routers"/>; null when there are none.</summary>
    public double? MinRouterAgreement => Routers.Count == 0 ? null : Routers.Min(layer => layer.Agreement);
}
