using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>Where the time went. The only part of a report that differs from run to run.</summary>
internal static class TimeSection
{
    public static void Write(HtmlWriter html, ModelReport report)
    {
        IReadOnlyList<PhaseStatistics> phases = report.Result.Statistics.Phases;
        double total = phases.Sum(phase => phase.Seconds);
        if (phases.Count == 0)
            return;
        Section.Write(html, "time", "Time and memory", $"{ReportText.Seconds(total)} in all, with at most {ReportText.Bytes(report.Result.Statistics.PeakMemoryBytes)} of memory, mapped files included.", () =>
        {
            double longest = Math.Max(phases.Max(phase => phase.Seconds), 1e-9);
            using (html.Open("div", ("class", "chart")))
                foreach (PhaseStatistics phase in phases)
                    Strip.Bar(html, phase.Name, ReportText.Seconds(phase.Seconds), phase.Seconds / longest, "bar", $"{phase.Name}: {ReportText.Seconds(phase.Seconds)}, {ReportText.Percent(phase.Seconds / Math.Max(total, 1e-9))} of the time");
            DataTable.WriteFolded(html, "Seconds by layer", ["Layer", "Seconds"], report.Result.Statistics.Layers.Select(layer => (IReadOnlyList<string>)[$"{layer.Layer}", ReportText.Number(layer.Seconds, 2)]));
        });
    }
}
