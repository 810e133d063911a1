using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Evaluation.Gates;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>How far the packed model is from the checkpoint on held-out text, and what was allowed.</summary>
internal static class QualitySection
{
    public static void Write(HtmlWriter html, ModelReport report)
    {
        if (report.Result.Evaluation is not { } evaluation)
            return;
        Section.Write(html, "quality", "Quality on held-out text",
            $"Packed model and checkpoint over the same {ReportText.Count(evaluation.Model.Tokens)} tokens ({evaluation.Model.Windows} windows of {evaluation.Model.Context}). "
            + "The KL divergence tells how much the predicted probabilities moved; 0 is no difference. For scale: on small trained models plain rounding to 4 bits costs about 0.003 to 0.006, to 3 bits 0.012 to 0.025.",
            () => DataTable.Write(html, ["Measure", "Checkpoint", "Packed", "Difference", "Limit", "Passed"], Rows(evaluation, report.Gates ?? new(null, null, null))));
        if (evaluation.Routers.Count > 0)
            WriteRouters(html, evaluation, report.Gates?.MinRouterAgreement);
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(ComparisonResult evaluation, QualityGates gates)
    {
        yield return
        [
            "Perplexity", ReportText.Number(evaluation.Reference.Perplexity, 4), ReportText.Number(evaluation.Model.Perplexity, 4), ReportText.Change(evaluation.PerplexityIncrease),
            gates.MaxPerplexityIncrease is { } increase ? $"at most {ReportText.Change(increase)}" : "", Passed(gates.MaxPerplexityIncrease, evaluation.PerplexityIncrease, most: true),
        ];
        yield return
        [
            "KL divergence, mean", "", "", ReportText.Small(evaluation.MeanDivergence),
            gates.MaxKlDivergence is { } divergence ? $"at most {ReportText.Small(divergence)}" : "", Passed(gates.MaxKlDivergence, evaluation.MeanDivergence, most: true),
        ];
        yield return ["KL divergence, 99th percentile", "", "", ReportText.Small(evaluation.P99Divergence), "", ""];
        yield return ["Same most probable token", "", "", ReportText.Percent(evaluation.Top1Agreement, 2), "", ""];
        if (evaluation.MinRouterAgreement is { } least)
            yield return
            [
                "Same experts, least of all layers", "", "", ReportText.Percent(least, 2),
                gates.MinRouterAgreement is { } agreement ? $"at least {ReportText.Percent(agreement, 2)}" : "", Passed(gates.MinRouterAgreement, least, most: false),
            ];
    }

    private static string Passed(double? limit, double figure, bool most) => limit is not { } value ? "" : (most ? figure <= value : figure >= value) ? "✓ yes" : "✗ no";

    private static void WriteRouters(HtmlWriter html, ComparisonResult evaluation, double? limit) => Section.Write(html, "routers", "Router agreement",
        "The share of the experts chosen by the checkpoint that the packed model does not choose, layer by layer: shorter is better.", () =>
        {
            double worst = evaluation.Routers.Max(layer => 1 - layer.Agreement);
            // A little room on the right, so that the mark of the limit is not at the edge.
            double scale = Math.Max(Math.Max(worst, (1 - (limit ?? 1)) * 1.1), 1e-9);
            double? mark = limit is { } demanded ? (1 - demanded) / scale : null;
            using (html.Open("div", ("class", "chart")))
                foreach (LayerAgreement layer in evaluation.Routers)
                {
                    bool bad = limit is { } least && !(layer.Agreement >= least);
                    Strip.Bar(html, $"Layer {layer.Layer}", ReportText.Percent(1 - layer.Agreement, 2), (1 - layer.Agreement) / scale, bad ? "missed" : "bar",
                        $"Layer {layer.Layer}: {ReportText.Percent(layer.Agreement, 2)} the same{(bad ? ", less than demanded" : "")}", mark);
                }

            html.Element("p", $"The full width is {ReportText.Percent(scale, 2)}{(limit is { } share ? $"; the mark is the limit, {ReportText.Percent(1 - share, 2)}" : "")}.", ("class", "scale"));
            DataTable.WriteFolded(html, "Table of these values", ["Layer", "Same experts"], evaluation.Routers.Select(layer => (IReadOnlyList<string>)[$"{layer.Layer}", ReportText.Percent(layer.Agreement, 2)]));
        });
}
