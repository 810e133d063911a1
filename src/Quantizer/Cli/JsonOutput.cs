using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MoEQuant.Quantizer.Cli;

/// <summary>Writes the one JSON document of <c>--json</c>.</summary>
internal static class JsonOutput
{
    public static void Write(TextWriter output, Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        // Paths and names stay readable; the document is not embedded into HTML.
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
