using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>What one expert is calibrated on.</summary>
/// <param name="Statistics">The counts and the fallback, as reported.</param>
/// <param name="Tokens">Token indices, without repetition; empty for all tokens of the layer.</param>
/// <param name="Weights">What each token counts in the covariance, not all zero; empty for 1.</param>
internal sealed record ExpertTokens(ExpertStatistics Statistics, int[] Tokens, float[] Weights);
