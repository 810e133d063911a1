using System.Globalization;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Evaluation.Gates;

/// <summary>How far a packed model may be from its checkpoint; null for no limit.</summary>
/// <param name="MaxPerplexityIncrease">The most that the perplexity may be above the checkpoint's, relative: 0.02 for 2 %.</param>
/// <param name="MaxKlDivergence">The largest mean KL divergence from the checkpoint, in nats.</param>
/// <param name="MinRouterAgreement">The least share of the checkpoint's experts that must be chosen too, in every layer, 0 to 1.</param>
public sealed record QualityGates(double? MaxPerplexityIncrease, double? MaxKlDivergence, double? MinRouterAgreement)
{
    /// <summary>Whether there is any limit.</summary>
    public bool Any => this is not (null, null, null);

    /// <summary>Refuses a model that misses a limit. The first missed one gives the code; the message tells all.</summary>
    /// <param name="figures">What was measured.</param>
    /// <param name="path">The packed file that is refused.</param>
    /// <exception cref="MoEQuantException">MOEQ3030–3032.</exception>
    public void Require(ComparisonResult figures, string path)
    {
        List<(DiagnosticDescriptor Descriptor, string Found)> missed = [.. Missed(figures)];
        if (missed.Count > 0)
            throw new MoEQuantException(missed[0].Descriptor, string.Join(' ', missed.Select(gate => gate.Found)), path);
    }

    /// <summary>The limits that are missed, each with the figure and the limit as a sentence. A figure that is no number misses every limit.</summary>
    internal IEnumerable<(DiagnosticDescriptor Descriptor, string Found)> Missed(ComparisonResult figures)
    {
        if (MaxPerplexityIncrease is { } increase && !(figures.PerplexityIncrease <= increase))
            yield return (GateDiagnostics.Perplexity, Say($"Perplexity is {figures.Model.Perplexity:F4}, {Percent(figures.PerplexityIncrease)} above the checkpoint's {figures.Reference.Perplexity:F4}; at most {Percent(increase)} is allowed."));
        if (MaxKlDivergence is { } divergence && !(figures.MeanDivergence <= divergence))
            yield return (GateDiagnostics.Divergence, Say($"The mean KL divergence from the checkpoint is {figures.MeanDivergence:G4}; at most {divergence:G6} is allowed."));
        if (MinRouterAgreement is { } agreement && figures.MinRouterAgreement is { } least && !(least >= agreement))
            yield return (GateDiagnostics.RouterAgreement, Say($"In layer {figures.Routers.MinBy(layer => layer.Agreement).Layer} the routers choose {Percent(least)} of the checkpoint's experts; at least {Percent(agreement)} is demanded."));
    }

    private static string Percent(double share) => (share * 100).ToString("F2", CultureInfo.InvariantCulture) + " %";

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
