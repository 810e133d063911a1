using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Where the bytes are, before and after.</summary>
internal static class SizeSection
{
    public static void Write(HtmlWriter html, ModelReport report) => Section.Write(html, "size", "Size",
        "Both bars have the same scale. Compensators are the low-rank factors that give back part of what rounding took.", () =>
        {
            long scale = Math.Max(Math.Max(report.Result.SourceBytes, report.Result.PackedBytes), 1);
            using (html.Open("div", ("class", "chart")))
            {
                Strip.Bar(html, "Checkpoint", ReportText.Bytes(report.Result.SourceBytes), (double)report.Result.SourceBytes / scale, "before", $"Checkpoint: {ReportText.Bytes(report.Result.SourceBytes)}");
                WriteParts(html, report.Result, scale);
            }

            WriteLegend(html, report.Result);
            DataTable.Write(html, ["Tensors", "Count", "Weights", "Bits", "Rank", "Bytes", "Bits per weight"], report.Result.Statistics.Classes.Select(Row));
        });

    /// <summary>What a role is called on a page.</summary>
    internal static string Name(TensorRole role) => role switch
    {
        TensorRole.Embedding => "Token embedding",
        TensorRole.Head => "Output head",
        TensorRole.DenseLinear => "Attention and shared experts",
        TensorRole.ExpertLinear => "Routed experts",
        TensorRole.Router => "Routers",
        TensorRole.Norm => "Norms",
        _ => role.ToString(),
    };

    private static IReadOnlyList<string> Row(ClassStatistics figures) =>
    [
        Name(figures.Role), ReportText.Count(figures.TensorCount), ReportText.Count(figures.WeightCount), figures.Bits < 32 ? $"{figures.Bits}" : "float", $"{figures.Rank}",
        ReportText.Count(figures.WeightBytes + figures.CompensatorBytes), ReportText.Number(figures.BitsPerWeight, 2),
    ];

    private static IEnumerable<(string Style, string Name, long Bytes)> Parts(QuantizationResult result)
    {
        ClassStatistics[] classes = [.. result.Statistics.Classes];
        yield return ("part0", "Routed experts", Sum(c => c.Role == TensorRole.ExpertLinear));
        yield return ("part1", "Attention and shared experts", Sum(c => c.Role == TensorRole.DenseLinear));
        yield return ("part2", "Compensators", classes.Sum(c => c.CompensatorBytes));
        yield return ("part3", "Embedding and head", Sum(c => c.Role is TensorRole.Embedding or TensorRole.Head));
        yield return ("part4", "Routers, norms, tokenizer, header", Math.Max(result.PackedBytes - classes.Sum(c => c.WeightBytes + c.CompensatorBytes), 0) + Sum(c => c.Role is not (TensorRole.ExpertLinear or TensorRole.DenseLinear or TensorRole.Embedding or TensorRole.Head)));

        long Sum(Func<ClassStatistics, bool> which) => classes.Where(which).Sum(c => c.WeightBytes);
    }

    private static void WriteParts(HtmlWriter html, QuantizationResult result, long scale) =>
        Strip.Row(html, "Packed", ReportText.Bytes(result.PackedBytes), $"Packed: {ReportText.Bytes(result.PackedBytes)}", 14, () =>
        {
            html.Empty("rect", ("class", "track"), ("width", "100%"), ("height", "14"), ("rx", "3"));
            double start = 0;
            foreach ((string style, string name, long bytes) in Parts(result))
            {
                Strip.Box(html, start, (double)bytes / scale, 14, style, $"{name}: {ReportText.Bytes(bytes)}");
                start += (double)bytes / scale;
            }
        });

    private static void WriteLegend(HtmlWriter html, QuantizationResult result)
    {
        using (html.Open("ul", ("class", "legend")))
            foreach ((string style, string name, long bytes) in Parts(result).Where(part => part.Bytes > 0))
                using (html.Open("li"))
                {
                    using (html.Open("svg", ("aria-hidden", "true"), ("width", "12"), ("height", "12")))
                        html.Empty("rect", ("class", style), ("width", "12"), ("height", "12"), ("rx", "2"));
                    html.Text($" {name}, {ReportText.Bytes(bytes)}");
                }
    }
}
