using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>A matrix whose output error counts when smoothing scales are chosen.</summary>
/// <param name="Weights">W, [outputs, channels].</param>
/// <param name="Inputs">x before smoothing, [tokens, channels]; some tokens are enough.</param>
/// <param name="Format">How the matrix will be stored.</param>
/// <param name="Share">The weight of its mean error per token: the part of all tokens that go to it.</param>
internal sealed record TrialConsumer(FloatMatrix Weights, FloatMatrix Inputs, TrialFormat Format, double Share);
