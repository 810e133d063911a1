using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>What each expert saw of the calibration text, and what was done for those that saw too little.</summary>
internal static class ExpertSection
{
    private const int StripHeight = 18;
    private const int MostListed = 40;

    public static void Write(HtmlWriter html, ModelReport report)
    {
        LayerStatistics[] layers = [.. report.Result.Statistics.Layers.Where(layer => layer.Experts.Count > 0)];
        if (layers.Length == 0)
            return;
        (LayerStatistics Layer, ExpertStatistics Expert)[] short_ = [.. layers.SelectMany(layer => layer.Experts.Where(expert => expert.Fallback != ExpertFallback.None).Select(expert => (layer, expert)))];
        Section.Write(html, "experts", "Experts in calibration",
            "Tokens that the routers sent to each expert, least first: an even row is a balanced router. Experts that got too few were calibrated with other tokens, and are outlined.", () =>
            {
                using (html.Open("div", ("class", "chart")))
                    foreach (LayerStatistics layer in layers)
                        WriteLayer(html, layer, layers.Max(other => other.Experts.Max(expert => expert.RoutedTokens)));
                html.Element("p", short_.Length == 0 ? "Every expert had enough tokens of its own." : $"{short_.Length} of {layers.Sum(layer => layer.Experts.Count)} experts needed a fallback.");
                if (short_.Length > 0)
                    WriteFallbacks(html, short_);
                DataTable.WriteFolded(html, "Table of tokens by layer", ["Layer", "Experts", "Least", "Median", "Most", "Fallbacks", "Same experts as the checkpoint"], layers.Select(Row));
            });
    }

    /// <summary>What a fallback is called on a page.</summary>
    internal static string Name(ExpertFallback fallback) => fallback switch
    {
        ExpertFallback.None => "none",
        ExpertFallback.Balanced => "more sequences that reach it",
        ExpertFallback.NearMiss => "tokens that almost reached it",
        ExpertFallback.WholeStream => "all tokens of the layer",
        _ => fallback.ToString(),
    };

    private static void WriteLayer(HtmlWriter html, LayerStatistics layer, long most)
    {
        ExpertStatistics[] experts = [.. layer.Experts.OrderBy(expert => expert.RoutedTokens).ThenBy(expert => expert.Expert)];
        string range = $"{ReportText.Count(experts[0].RoutedTokens)}–{ReportText.Count(experts[^1].RoutedTokens)}";
        Strip.Row(html, $"Layer {layer.Layer}", range, $"Layer {layer.Layer}: {range} tokens per expert", StripHeight, () =>
        {
            double width = 1.0 / experts.Length;
            for (int i = 0; i < experts.Length; i++)
            {
                int level = HeatMap.Level(experts[i].RoutedTokens, 0, Math.Max(most, 1));
                string fallback = experts[i].Fallback == ExpertFallback.None ? "" : $", calibrated with {Name(experts[i].Fallback)} ({ReportText.Count(experts[i].UsedTokens)} used)";
                Strip.Box(html, i * width, width, StripHeight, $"cell h{level}{(fallback.Length > 0 ? " short" : "")}", $"Layer {layer.Layer}, expert {experts[i].Expert}: {ReportText.Count(experts[i].RoutedTokens)} tokens{fallback}");
            }
        });
    }

    private static void WriteFallbacks(HtmlWriter html, (LayerStatistics Layer, ExpertStatistics Expert)[] experts) => DataTable.WriteFolded(html,
        experts.Length > MostListed ? $"The {MostListed} experts with the fewest tokens of the {experts.Length} with a fallback" : "Experts with a fallback",
        ["Expert", "Tokens routed", "Tokens used", "Calibrated with"],
        experts.OrderBy(entry => entry.Expert.RoutedTokens).ThenBy(entry => entry.Layer.Layer).ThenBy(entry => entry.Expert.Expert).Take(MostListed).Select(entry => (IReadOnlyList<string>)
            [$"Layer {entry.Layer.Layer}, expert {entry.Expert.Expert}", ReportText.Count(entry.Expert.RoutedTokens), ReportText.Count(entry.Expert.UsedTokens), Name(entry.Expert.Fallback)]));

    private static IReadOnlyList<string> Row(LayerStatistics layer)
    {
        long[] tokens = [.. layer.Experts.Select(expert => expert.RoutedTokens).Order()];
        return
        [
            $"{layer.Layer}", $"{tokens.Length}", ReportText.Count(tokens[0]), ReportText.Count(tokens[tokens.Length / 2]), ReportText.Count(tokens[^1]),
            $"{layer.Experts.Count(expert => expert.Fallback != ExpertFallback.None)}", layer.RouterAgreement is { } agreement ? ReportText.Percent(agreement, 2) : "",
        ];
    }
}
