using System.Text.Json;

namespace MoEQuant.Quantizer.Reporting.Html;

/// <summary>The report as one page: no script, nothing from a network, light and dark.</summary>
internal static class ReportPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="report">What it tells.</param>
    /// <param name="options">The options as the record has them.</param>
    public static string Write(ModelReport report, JsonElement options)
    {
        HtmlWriter html = new();
        using (html.Open("html", ("lang", "en")))
        {
            using (html.Open("head"))
            {
                html.Empty("meta", ("charset", "utf-8"));
                html.Empty("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
                html.Empty("meta", ("name", "color-scheme"), ("content", "light dark"));
                // The page asks for nothing; with this a browser would not fetch anything either.
                html.Empty("meta", ("http-equiv", "Content-Security-Policy"), ("content", "default-src 'none'; style-src 'unsafe-inline'"));
                html.Element("title", $"{report.Result.Name} – quantization report");
                html.Style(ReportStyle.Css);
            }

            html.Line();
            using (html.Open("body"))
            using (html.Open("main"))
            {
                SummarySection.Write(html, report);
                QualitySection.Write(html, report);
                SizeSection.Write(html, report);
                ErrorSection.Write(html, report);
                AllocationSection.Write(html, report);
                ExpertSection.Write(html, report);
                TimeSection.Write(html, report);
                OptionSection.Write(html, options);
            }
        }

        html.Line();
        return html.ToString();
    }
}
