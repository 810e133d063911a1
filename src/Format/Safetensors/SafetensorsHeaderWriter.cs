using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace MoEQuant.Format;

/// <summary>Writes the JSON of a safetensors header, without the length in front and the spaces behind.</summary>
internal static class SafetensorsHeaderWriter
{
    // The default encoder writes every quote as \u0022: six bytes where \" does.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Serializes metadata in the given order, then the tensors in theirs.</summary>
    /// <param name="metadata">Keys and values; nothing is written where there are none.</param>
    /// <param name="tensors">Declarations with the first byte of each and the first after it, counted from the end of the header.</param>
    public static ArrayBufferWriter<byte> Serialize(
        IEnumerable<KeyValuePair<string, string>> metadata, IEnumerable<(TensorDeclaration Tensor, long Begin, long End)> tensors)
    {
        ArrayBufferWriter<byte> buffer = new(1 << 16);
        using Utf8JsonWriter json = new(buffer, Options);
        json.WriteStartObject();
        WriteMetadata(json, metadata);
        foreach ((TensorDeclaration tensor, long begin, long end) in tensors)
        {
            json.WriteStartObject(tensor.Name);
            json.WriteString("dtype"u8, tensor.Type.FileName());
            json.WriteStartArray("shape"u8);
            foreach (long dimension in tensor.Shape)
                json.WriteNumberValue(dimension);
            json.WriteEndArray();
            json.WriteStartArray("data_offsets"u8);
            json.WriteNumberValue(begin);
            json.WriteNumberValue(end);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        bool started = false;
        foreach ((string key, string value) in metadata)
        {
            if (!started)
                json.WriteStartObject("__metadata__"u8);
            started = true;
            json.WriteString(key, value);
        }

        if (started)
            json.WriteEndObject();
    }
}
