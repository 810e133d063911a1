using System.Numerics.Tensors;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>What two models say about one next token.</summary>
/// <param name="ModelNegativeLogLikelihood">−ln p of the true token under the model, in nats.</param>
/// <param name="ReferenceNegativeLogLikelihood">The same under the reference.</param>
/// <param name="Divergence">KL(reference ‖ model) over the whole vocabulary, in nats; at least 0.</param>
/// <param name="SameTop1">Whether both find the same token most probable; among equals the lower id counts.</param>
internal readonly record struct TokenComparison(double ModelNegativeLogLikelihood, double ReferenceNegativeLogLikelihood, double Divergence, bool SameTop1)
{
    /// <summary>Compares the logits of one position.</summary>
    /// <param name="model">The model's, one per vocabulary entry.</param>
    /// <param name="reference">The reference's, as many.</param>
    /// <param name="target">The true next token.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static TokenComparison Of(ReadOnlySpan<float> model, ReadOnlySpan<float> reference, int target)
    {
        LogSoftmax p = LogSoftmax.Of(reference, "the reference"), q = LogSoftmax.Of(model);
        double divergence = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            double log = p.LogProbability(reference[i]);
            divergence += Math.Exp(log) * (log - q.LogProbability(model[i]));
        }

        // Rounding can leave a sum of nearly equal terms a little below zero, where the true value cannot be.
        return new(-q.LogProbability(model[target]), -p.LogProbability(reference[target]), Math.Max(divergence, 0), TensorPrimitives.IndexOfMax(model) == TensorPrimitives.IndexOfMax(reference));
    }
}
