using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;

namespace MoEQuant.Quantizer.Evaluation.Gates;

/// <summary>Compares a packed file with the checkpoint that it was made from, and holds the figures against the gates.</summary>
internal sealed class QualityReview(string checkpoint, EvaluationSettings settings, int threads) : IPackedModelReview
{
    /// <summary>Tokens per window, or what the model takes where that is less.</summary>
    private const int LongestContext = 256;

    private int _context;

    /// <summary>Told the windows done, all windows, and the mean divergence so far; or null.</summary>
    private Action<int, int, double>? Progress { get; init; }

    /// <summary>Told the result of a run whose model is about to be refused, with the figures; or null.</summary>
    private Action<QuantizationResult>? Refused { get; init; }

    /// <summary>Makes a review and refuses what cannot be evaluated, before hours of work.</summary>
    /// <param name="checkpoint">The checkpoint's folder.</param>
    /// <param name="settings">Texts and limits.</param>
    /// <param name="threads">Threads that evaluate.</param>
    /// <param name="progress">Follows the review.</param>
    /// <param name="refused">Told the result of a run whose model is about to be refused.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3004: a text is too short.</exception>
    public static QualityReview Prepare(string checkpoint, EvaluationSettings settings, int threads, IQuantizationProgress progress, Action<QuantizationResult> refused)
    {
        QualityReview review = new(checkpoint, settings, threads) { Progress = progress.ReportEvaluation, Refused = refused };
        review.ReadTexts();
        return review;
    }

    private void ReadTexts()
    {
        using MoEModel reference = ModelLoader.Load(checkpoint, Comparison.ModelOptions(1));
        int prefix = WindowPlan.PrefixLength(reference.Tokenizer);
        _context = Math.Min(LongestContext, reference.ContextLength - prefix);
        foreach (EvaluationSample sample in settings.Samples)
            _ = WindowPlan.Create(reference.Tokenizer, sample.Content, _context, settings.Windows, sample.Path);
    }

    /// <inheritdoc/>
    public ComparisonResult Review(string packedFile, QuantizationResult candidate, CancellationToken cancellationToken)
    {
        ComparisonResult figures = Measure(packedFile, cancellationToken);
        if (settings.Gates.Missed(figures).Any())
            Refused?.Invoke(candidate with { Evaluation = figures });
        settings.Gates.Require(figures, candidate.Path);
        return figures;
    }

    private ComparisonResult Measure(string packedFile, CancellationToken cancellationToken)
    {
        using MoEModel model = ModelLoader.Load(packedFile, Comparison.ModelOptions(threads));
        using MoEModel reference = ModelLoader.Load(checkpoint, Comparison.ModelOptions(threads));
        IReadOnlyList<WindowPlan> plans = Comparison.Plan(model, reference, checkpoint, settings.Samples, _context, settings.Windows);
        int windows = plans.Sum(plan => plan.WindowCount);
        return ModelComparer.Run(model, reference, plans, (done, mean) => Progress?.Invoke(done, windows, mean), cancellationToken);
    }
}
