using System.Globalization;
using System.Text.Json;
using System.Xml;
using System.Xml.Linq;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting;
using MoEQuant.Quantizer.Reporting.Html;

namespace MoEQuant.Quantizer.Tests.Reporting;

[TestClass]
public sealed class ReportPageTests
{
    [TestMethod]
    public void Write_HostileName_IsTextAndNothingElse()
    {
        XElement page = Parse(SampleReport.Create(2, 4, SampleReport.HostileName));
        string shown = SampleReport.HostileName.Replace('\u0001', '\uFFFD').Replace('\ud800', '\uFFFD').Replace("\ud83e\uFFFD", "\ud83e\udda6");
        Assert.AreEqual(shown, page.Descendants("h1").Single().Value);
        Assert.StartsWith(shown, page.Descendants("title").First().Value);
        Assert.IsEmpty(page.Descendants("script"));
    }

    [TestMethod]
    public void Write_AnyModel_AsksForNothing()
    {
        XElement page = Parse(SampleReport.Create(16, 64, gates: new(0.01, 0.01, 0.99)));
        Assert.IsEmpty(page.Descendants().Attributes().Where(attribute => attribute.Name.LocalName is "src" or "href" or "style" || attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal)));
        Assert.IsEmpty(page.Descendants().Where(element => element.Name.LocalName is "script" or "link" or "img" or "iframe" or "object"));
        string css = page.Descendants("style").Single().Value;
        Assert.DoesNotContain("url(", css);
        Assert.DoesNotContain("@import", css);
        Assert.Contains("prefers-color-scheme: dark", css);
        Assert.Contains("default-src 'none'", page.Descendants("meta").Attributes("content").Select(attribute => attribute.Value).Last());
    }

    [TestMethod]
    public void Write_ManyExperts_AggregatesThem()
    {
        ModelReport report = SampleReport.Create(16, 64);
        XElement page = Parse(report);
        Assert.IsLessThan(600_000, Html(report).Length, "A page for people, not a data dump.");
        // Error, bits and ranks: 7 kinds by 16 layers each; the experts' strips: 16 layers of 64.
        Assert.HasCount(3 * 7 * 16 + 16 * 64, page.Descendants("rect").Where(rect => Style(rect).StartsWith("cell ", StringComparison.Ordinal)));
        Assert.HasCount(Fallbacks(report), page.Descendants("rect").Where(rect => Style(rect).EndsWith(" short", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Write_Figures_AreThoseOfTheStatistics()
    {
        ModelReport report = SampleReport.Create(3, 4);
        XElement page = Parse(report);
        MatrixCell cell = report.Grid["mlp.experts.up_proj", 2]!;
        TensorStatistics[] matrices = [.. report.Result.Statistics.Matrices.Where(matrix => matrix is { Kind: "mlp.experts.up_proj", Layer: 2 })];
        Assert.AreEqual(matrices[0].RelativeOutputError!.Value, cell.RelativeOutputError!.Value, 1e-12);
        Assert.AreEqual(matrices.Sum(matrix => matrix.Bytes) * 8.0 / matrices.Sum(matrix => matrix.WeightCount), cell.BitsPerWeight, 1e-12);
        string[] titles = [.. page.Descendants("rect").Elements("title").Select(title => title.Value)];
        Assert.Contains($"mlp.experts.up_proj, layer 2: {cell.RelativeOutputError.Value.ToString("F4", CultureInfo.InvariantCulture)}", titles);
        Assert.Contains($"mlp.experts.up_proj, layer 2: {cell.BitsPerWeight.ToString("F2", CultureInfo.InvariantCulture)}", titles);
        Assert.Contains("self_attn.q_proj, layer 1: 9.0", titles);
        Assert.Contains("Layer 0, expert 1: 459 tokens", titles);
        CollectionAssert.AreEqual(new[] { "KL divergence, mean", "", "", "0.0123", "", "" }, Cells(page, "KL divergence, mean"));
        CollectionAssert.AreEqual(new[] { "Perplexity", "10.0000", "10.2000", "+2.00 %", "", "" }, Cells(page, "Perplexity"));
        CollectionAssert.AreEqual(new[] { "Routed experts", "36", "294\u202F912", "3", "4", "138\u202F240", "3.75" }, Cells(page, "Routed experts"));
    }

    [TestMethod]
    public void Write_GateMissed_SaysSoFirst()
    {
        ModelReport report = SampleReport.Create(2, 4, gates: new(0.5, 0.001, 0.99));
        XElement verdict = Parse(report).Descendants("div").Single(element => Style(element) == "verdict bad");
        Assert.HasCount(2, verdict.Descendants("li"));
        Assert.StartsWith("MOEQ3031: The mean KL divergence from the checkpoint is 0.0123; at most 0.001", verdict.Descendants("li").First().Value);
        Assert.Contains("✗ no", Html(report));
        Assert.Contains("All quality gates passed", Html(SampleReport.Create(2, 4, gates: new(0.5, 0.5, 0.5))));
    }

    [TestMethod]
    public void Write_NeitherEvaluatedNorCalibrated_LeavesOutWhatIsNotKnown()
    {
        ModelReport report = SampleReport.Create(2, 4, evaluated: false, calibrated: false);
        XElement page = Parse(report);
        CollectionAssert.AreEqual(new[] { "size", "errors", "allocation", "time", "options" }, page.Descendants("h2").Attributes("id").Select(id => id.Value).ToArray());
        Assert.Contains("Quality was not measured", page.Value);
        Assert.Contains("Relative error of the weights", page.Value);
        Assert.DoesNotContain("NaN", page.Value);
    }

    [TestMethod]
    public void Write_Drawings_HaveWordsToo()
    {
        XElement page = Parse(SampleReport.Create(4, 8, gates: new(null, null, 0.975)));
        foreach (XElement drawing in page.Descendants("svg"))
            Assert.IsTrue((string?)drawing.Attribute("aria-hidden") == "true" || ((string?)drawing.Attribute("role") == "img" && drawing.Attribute("aria-label")!.Value.Length > 0), drawing.ToString());
        Assert.IsTrue(page.Descendants("th").All(header => (string?)header.Attribute("scope") is "col" or "row"));
        Assert.HasCount(1, page.Descendants("h1"));
        Assert.AreEqual("en", (string?)page.Attribute("lang"));
        Assert.HasCount(9, page.Descendants("details"), "Each drawing's values can be read as a table.");
    }

    [TestMethod]
    public void Write_Twice_DiffersInTimesAlone()
    {
        string first = Html(SampleReport.Create(2, 4, seconds: 1)), second = Html(SampleReport.Create(2, 4, seconds: 2));
        Assert.AreNotEqual(first, second);
        XElement Timeless(string html)
        {
            XElement page = Parse(html);
            page.Descendants("section").Single(section => (string?)section.Attribute("aria-labelledby") == "time").Remove();
            return page;
        }

        Assert.AreEqual(Timeless(first).ToString(), Timeless(second).ToString());
    }

    private static int Fallbacks(ModelReport report) => report.Result.Statistics.Layers.Sum(layer => layer.Experts.Count(expert => expert.Fallback != ExpertFallback.None));

    private static string Style(XElement element) => (string?)element.Attribute("class") ?? "";

    private static string[] Cells(XElement page, string row) => [.. page.Descendants("tr").First(element => element.Elements().First().Value == row).Elements().Select(cell => cell.Value)];

    private static string Html(ModelReport report)
    {
        using JsonDocument options = JsonDocument.Parse(QuantizationRecord.WriteOptions(report.Options));
        return ReportPage.Write(report, options.RootElement);
    }

    private static XElement Parse(ModelReport report) => Parse(Html(report));

    /// <summary>As XML: stricter than any browser.</summary>
    private static XElement Parse(string html)
    {
        Assert.StartsWith("<!DOCTYPE html>\n<html", html);
        using XmlReader reader = XmlReader.Create(new StringReader(html), new() { DtdProcessing = DtdProcessing.Parse, XmlResolver = null });
        return XElement.Load(reader);
    }
}
