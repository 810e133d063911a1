using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>The top of the page: what the model is, whether it passed, and the figures that decide.</summary>
internal static class SummarySection
{
    public static void Write(HtmlWriter html, ModelReport report)
    {
        QuantizationResult result = report.Result;
        using (html.Open("header"))
        {
            html.Element("p", "MoEQuant.Build · quantization report", ("class", "muted"));
            html.Element("h1", result.Name);
            html.Element("p", $"{result.Scheme}, {ReportText.Bytes(result.SourceBytes)} of weights packed into {ReportText.Bytes(result.PackedBytes)} by moequant {ToolVersion.Current}");
            WriteVerdict(html, report);
            using (html.Open("div", ("class", "tiles")))
                WriteTiles(html, report);
        }

        html.Line();
    }

    private static void WriteVerdict(HtmlWriter html, ModelReport report)
    {
        IReadOnlyList<string> refusals = report.Refusals;
        if (refusals.Count > 0)
        {
            using (html.Open("div", ("class", "verdict bad"), ("role", "status")))
            {
                html.Element("strong", "✗ Refused: a quality gate was missed, and no packed file was written.");
                using (html.Open("ul"))
                    foreach (string refusal in refusals)
                        html.Element("li", refusal);
            }
        }
        else if (report.Gates is { Any: true } && report.Result.Evaluation is not null)
        {
            html.Element("p", "✓ All quality gates passed.", ("class", "verdict good"), ("role", "status"));
        }
        else if (report.Result.Evaluation is null)
        {
            html.Element("p", "Quality was not measured. Name a held-out text, --evaluate FILE or EvaluationFiles of the MoEModel item, to compare the packed model with the checkpoint.",
                ("class", "verdict unknown"), ("role", "status"));
        }
    }

    private static void WriteTiles(HtmlWriter html, ModelReport report)
    {
        Tile(html, "Size", ReportText.Percent(report.Ratio), "of the checkpoint");
        Tile(html, "Bits per weight", ReportText.Number(report.Result.Statistics.LinearBitsPerWeight, 2), $"in the layers' matrices; {ReportText.Number(report.Result.Statistics.BitsPerWeight, 2)} over everything");
        if (report.Result.Evaluation is not { } evaluation)
        {
            Tile(html, "Weight error", ReportText.Percent(report.Result.Statistics.Total.RelativeError), $"{ReportText.Percent(report.Result.Statistics.Total.PlainRelativeError)} without compensators");
            return;
        }

        Tile(html, "KL divergence", ReportText.Small(evaluation.MeanDivergence), $"nats per token, 99th percentile {ReportText.Small(evaluation.P99Divergence)}");
        Tile(html, "Perplexity", ReportText.Change(evaluation.PerplexityIncrease), $"{ReportText.Number(evaluation.Reference.Perplexity, 3)} → {ReportText.Number(evaluation.Model.Perplexity, 3)}");
        Tile(html, "Same next token", ReportText.Percent(evaluation.Top1Agreement), $"of {ReportText.Count(evaluation.Model.Tokens)} tokens");
        if (evaluation.MinRouterAgreement is { } least)
            Tile(html, "Same experts", ReportText.Percent(least), $"or more in every layer, mean {ReportText.Percent(evaluation.MeanRouterAgreement ?? least)}");
    }

    private static void Tile(HtmlWriter html, string label, string value, string detail)
    {
        using (html.Open("div", ("class", "tile")))
        {
            html.Element("span", label, ("class", "tile-label"));
            html.Element("span", value, ("class", "tile-value"));
            html.Element("span", detail, ("class", "muted"));
        }
    }
}
