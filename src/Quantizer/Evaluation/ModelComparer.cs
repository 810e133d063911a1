using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>Runs a model and its reference side by side over the same windows. Holds the reference's logits of some tokens at a time, never those of a whole text.</summary>
internal sealed class ModelComparer : IDisposable
{
    /// <summary>Tokens that both models take in turn: logits of 64 tokens take 13 MB for a vocabulary of 50,000.</summary>
    public const int ChunkTokens = 64;

    private readonly InferenceSession _model;
    private readonly InferenceSession _reference;
    private readonly RoutingRecorder _modelRouting = new(), _referenceRouting = new();
    private readonly float[] _referenceLogits;
    private readonly int _vocabulary;
    private readonly bool _comparesRouters;
    private readonly ComparisonSums _sums = new();

    private ModelComparer(MoEModel model, MoEModel reference)
    {
        _vocabulary = model.Config.VocabularySize;
        _comparesRouters = (model.Config.LayerCount, model.Config.ExpertCount) == (reference.Config.LayerCount, reference.Config.ExpertCount);
        _referenceLogits = new float[ChunkTokens * _vocabulary];
        _model = model.CreateSession();
        _reference = reference.CreateSession();
        (_model.Observer, _reference.Observer) = (_modelRouting, _referenceRouting);
    }

    /// <summary>Compares two models that share a tokenizer (see <see cref="ModelMatch"/>).</summary>
    /// <param name="model">The model; its context holds a window.</param>
    /// <param name="reference">What it is compared with; its context holds a window too.</param>
    /// <param name="plans">The windows, text by text; all have the same length.</param>
    /// <param name="progress">Told the windows done and the mean divergence so far; or null.</param>
    /// <param name="cancellationToken">Stops within a window.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3005: a logit is not finite.</exception>
    public static ComparisonResult Run(MoEModel model, MoEModel reference, IReadOnlyList<WindowPlan> plans, Action<int, double>? progress, CancellationToken cancellationToken)
    {
        using ModelComparer comparer = new(model, reference);
        int windows = 0;
        foreach (WindowPlan plan in plans)
            for (int window = 0; window < plan.WindowCount; window++)
            {
                comparer.CompareWindow(plan, window, cancellationToken);
                progress?.Invoke(++windows, comparer._sums.MeanDivergence);
            }

        return comparer._sums.Finish(plans.Sum(plan => plan.WindowCount), plans[0].Context);
    }

    public void Dispose()
    {
        _model.Dispose();
        _reference.Dispose();
    }

    private void CompareWindow(WindowPlan plan, int window, CancellationToken cancellationToken)
    {
        _model.Rewind(0);
        _reference.Rewind(0);
        int[] input = plan.Input(window);
        for (int start = 0; start < input.Length; start += ChunkTokens)
        {
            int first = start;
            ReadOnlySpan<int> chunk = input.AsSpan(start, Math.Min(ChunkTokens, input.Length - start));
            _modelRouting.Clear();
            _referenceRouting.Clear();
            _reference.ProcessAll(chunk, (position, logits) => logits.CopyTo(ReferenceLogits(position - first)), cancellationToken);
            _model.ProcessAll(chunk, (position, logits) =>
            {
                int index = position - plan.Prefix.Length;
                if (index >= 0)
                    _sums.Add(TokenComparison.Of(logits, ReferenceLogits(position - first), plan.Target(window, index)));
            }, cancellationToken);
            if (_comparesRouters)
                _sums.Routers.Add(_modelRouting, _referenceRouting, plan.Prefix.Length);
        }
    }

    private Span<float> ReferenceLogits(int row) => _referenceLogits.AsSpan(row * _vocabulary, _vocabulary);
}
