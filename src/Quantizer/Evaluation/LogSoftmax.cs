using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Log probabilities from logits, in double precision.</summary>
/// <param name="Largest">The largest logit.</param>
/// <param name="LogSum">ln Σ exp(logit − largest): at least 0, whatever the size of the logits.</param>
internal readonly record struct LogSoftmax(double Largest, double LogSum)
{
    /// <summary>Prepares the distribution of some logits.</summary>
    /// <param name="logits">One value per vocabulary entry.</param>
    /// <param name="owner">Whose they are, for the message.</param>
    /// <exception cref="MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static LogSoftmax Of(ReadOnlySpan<float> logits, string owner = "the model")
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
                throw new MoEQuantException(EvaluationDiagnostics.LogitsNotFinite, $"A logit of {owner} is {logit}.");
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return new(largest, Math.Log(sum));
    }

    /// <summary>ln of the probability that belongs to a logit.</summary>
    public double LogProbability(float logit) => logit - Largest - LogSum;

    /// <summary>−ln softmax(logits)[target].</summary>
    /// <exception cref="MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static double NegativeLogLikelihood(ReadOnlySpan<float> logits, int target)
    {
        LogSoftmax distribution = Of(logits);
        return distribution.LogSum + (distribution.Largest - logits[target]);
    }
}
