namespace MoEQuant.Quantizer.Pipeline;

/// <summary>The calibration of one routed expert.</summary>
/// <param name="Expert">The expert.</param>
/// <param name="RoutedTokens">Calibration tokens that the router sent to it.</param>
/// <param name="UsedTokens">Tokens that its covariance was taken from.</param>
/// <param name="Fallback">Where the tokens came from that the router did not send.</param>
public sealed record ExpertStatistics(int Expert, long RoutedTokens, long UsedTokens, ExpertFallback Fallback);
