using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MoEQuant.Format;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting.Html;

namespace MoEQuant.Quantizer.Reporting;

/// <summary>Writes a report: a page for people, and its data beside it.</summary>
internal static class ReportFiles
{
    /// <summary>The data's file: the page's name with the extension <c>.json</c>.</summary>
    public static string DataPath(string page) => Path.ChangeExtension(page, ".json");

    /// <summary>Writes both files; those of an earlier run are replaced.</summary>
    /// <param name="report">What to tell.</param>
    /// <param name="page">The page's file.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ5020–5023: a file cannot be written.</exception>
    public static void Write(ModelReport report, string page)
    {
        using JsonDocument options = JsonDocument.Parse(QuantizationRecord.WriteOptions(report.Options));
        Replace(DataPath(page), Data(report, options.RootElement));
        Replace(page, Encoding.UTF8.GetBytes(ReportPage.Write(report, options.RootElement)));
    }

    private static byte[] Data(ModelReport report, JsonElement options)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            ReportJson.Write(json, report, options);
        return stream.ToArray();
    }

    private static void Replace(string path, byte[] content)
    {
        using OutputFile file = new(path);
        file.Write(content);
        file.Commit(content.Length);
    }
}
