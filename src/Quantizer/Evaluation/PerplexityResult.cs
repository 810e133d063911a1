namespace MoEQuant.Quantizer.Evaluation;

/// <summary>How well a model predicts a text.</summary>
/// <param name="NegativeLogLikelihood">Mean over all scored tokens of −ln p, in nats.</param>
/// <param name="Tokens">Scored tokens.</param>
/// <param name="Windows">Windows.</param>
/// <param name="Context">Tokens per window.</param>
public sealed record PerplexityResult(double NegativeLogLikelihood, long Tokens, int Windows, int Context)
{
    /// <summary>exp of the mean negative log likelihood.</summary>
    public double Perplexity => Math.Exp(NegativeLogLikelihood);
}
