using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Calibration;

/// <summary>Draws a token from the distribution that a model gives, at temperature 1.</summary>
internal static class TokenDraw
{
    /// <summary>The first token at which the sum of the probabilities exceeds <paramref name="uniform"/>.</summary>
    /// <param name="logits">One value per vocabulary entry.</param>
    /// <param name="uniform">A number in [0, 1).</param>
    /// <exception cref="MoEQuantException">MOEQ3055: a logit is NaN or infinite.</exception>
    public static int Draw(ReadOnlySpan<float> logits, double uniform)
    {
        double largest = double.NegativeInfinity, total = 0;
        foreach (float logit in logits)
        {
            if (!float.IsFinite(logit))
                throw new MoEQuantException(CalibrationDiagnostics.StreamNotFinite, $"A logit of the original network is {logit}.");
            largest = Math.Max(largest, logit);
        }

        foreach (float logit in logits)
            total += Math.Exp(logit - largest);
        double rest = uniform * total;
        for (int token = 0; token < logits.Length; token++)
        {
            rest -= Math.Exp(logits[token] - largest);
            if (rest < 0)
                return token;
        }

        // Rounding may leave a little: the last token then has it.
        return logits.Length - 1;
    }
}
