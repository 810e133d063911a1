using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;

/// <summary>A matrix whose output error counts when smoothing scales are chosen.</summary>
/// <param name="Load">Reads W, [outputs, channels]; the trial disposes what it gets, so that one matrix at a time is in memory.</param>
/// <param name="Inputs">x before smoothing, [tokens, channels]; some tokens are enough.</param>
/// <param name="Share">The weight of its mean error per token: the part of all tokens that go to it.</param>
internal sealed record TrialConsumer(Func<FloatMatrix> Load, FloatMatrix Inputs, double Share);
