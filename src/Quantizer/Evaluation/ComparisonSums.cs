namespace MoEQuant.Quantizer.Evaluation;

/// <summary>What a comparison has measured so far. Per token it keeps one number, for the percentile.</summary>
internal sealed class ComparisonSums
{
    private readonly List<double> _divergences = [];
    private double _model;
    private double _reference;
    private double _divergence;
    private long _sameTop1;

    /// <summary>The routers' agreement.</summary>
    public RouterAgreementCounter Routers { get; } = new();

    /// <summary>Mean divergence so far, in nats.</summary>
    public double MeanDivergence => _divergence / _divergences.Count;

    /// <summary>Adds one scored token.</summary>
    public void Add(in TokenComparison token)
    {
        _model += token.ModelNegativeLogLikelihood;
        _reference += token.ReferenceNegativeLogLikelihood;
        _divergence += token.Divergence;
        _divergences.Add(token.Divergence);
        _sameTop1 += token.SameTop1 ? 1 : 0;
    }

    /// <summary>The figures over everything that was added, at least one token.</summary>
    public ComparisonResult Finish(int windows, int context)
    {
        int tokens = _divergences.Count;
        return new(
            new(_model / tokens, tokens, windows, context), new(_reference / tokens, tokens, windows, context),
            MeanDivergence, Percentile.Of(_divergences, 0.99), (double)_sameTop1 / tokens, Routers.Layers);
    }
}
