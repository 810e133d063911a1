using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Perplexity over windows that do not overlap; every next token of a window counts.</summary>
internal static class PerplexityEvaluator
{
    /// <summary>Scores all windows of a plan.</summary>
    /// <param name="model">The model; its context holds a window.</param>
    /// <param name="plan">The windows.</param>
    /// <param name="progress">Told the windows done and the mean so far; or null.</param>
    /// <param name="cancellationToken">Stops within a window.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static PerplexityResult Run(MoEModel model, WindowPlan plan, Action<int, double>? progress, CancellationToken cancellationToken)
    {
        using InferenceSession session = model.CreateSession();
        double sum = 0;
        long tokens = 0;
        for (int window = 0; window < plan.WindowCount; window++)
        {
            int current = window;
            session.Rewind(0);
            session.ProcessAll(plan.Input(window), (position, logits) =>
            {
                int index = position - plan.Prefix.Length;
                if (index < 0)
                    return;
                sum += LogSoftmax.NegativeLogLikelihood(logits, plan.Target(current, index));
                tokens++;
            }, cancellationToken);
            progress?.Invoke(window + 1, sum / tokens);
        }

        return new(sum / tokens, tokens, plan.WindowCount, plan.Context);
    }
}
