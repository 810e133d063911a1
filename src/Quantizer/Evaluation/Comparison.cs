using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Compares a model with its reference on texts.</summary>
internal static class Comparison
{
    /// <summary>How models are best opened for a comparison: batches as long as what is compared at a time.</summary>
    public static MoEModelOptions ModelOptions(int threads) => new() { ThreadCount = threads, PrefillBatch = ModelComparer.ChunkTokens };

    /// <summary>Cuts the texts into windows.</summary>
    /// <param name="model">The model.</param>
    /// <param name="reference">What it is compared with.</param>
    /// <param name="referencePath">The reference, for messages.</param>
    /// <param name="samples">The texts, at least one.</param>
    /// <param name="context">Tokens per window.</param>
    /// <param name="windows">Windows per text at most; null for all.</param>
    /// <exception cref="MoEQuantException">MOEQ3004: a text is too short; MOEQ3006: the models do not share a tokenizer.</exception>
    public static IReadOnlyList<WindowPlan> Plan(MoEModel model, MoEModel reference, string referencePath, IReadOnlyList<EvaluationSample> samples, int context, int? windows)
    {
        ModelMatch.Require(model, reference, referencePath);
        List<WindowPlan> plans = [];
        foreach (EvaluationSample sample in samples)
        {
            plans.Add(WindowPlan.Create(model.Tokenizer, sample.Content, context, windows, sample.Path));
            ModelMatch.RequireSame(plans[^1], WindowPlan.Create(reference.Tokenizer, sample.Content, context, windows, sample.Path), referencePath);
        }

        return plans;
    }
}
