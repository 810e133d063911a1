namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>One reader of smoothed channels: the router, an expert's gate and up projections together, the shared experts, or an attention projection.</summary>
/// <param name="InputMaxima">max|x_j| over the tokens that it saw, [K]; zeros when it saw none.</param>
/// <param name="WeightMaxima">max|W_ij| over its outputs, [K].</param>
/// <param name="TokenCount">Tokens that it saw. A consumer without tokens has no say.</param>
/// <param name="Share">Its weight in the merges that are not the maximum: the part of all tokens that it saw, or its mean router probability; 1 where every token goes.</param>
internal sealed record SmoothingConsumer(float[] InputMaxima, float[] WeightMaxima, long TokenCount, double Share = 1);
