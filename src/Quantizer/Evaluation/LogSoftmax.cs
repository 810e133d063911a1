using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Log probabilities from logits, in double precision.</summary>
internal static class LogSoftmax
{
    /// <summary>−ln softmax(logits)[target].</summary>
    /// <exception cref="MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static double NegativeLogLikelihood(ReadOnlySpan<float> logits, int target)
    {
        double largest = double.NegativeInfinity;
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
                throw new MoEQuantException(EvaluationDiagnostics.LogitsNotFinite, $"A logit is {logit}.");
            largest = Math.Max(largest, logit);
        }

        double sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - largest);
        return Math.Log(sum) + (largest - logits[target]);
    }
}
