using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>The parts of a tokenizer.json. Truncation and padding are not read: they are settings for training batches, and text must not be cut silently.</summary>
/// <param name="Model">The model.</param>
/// <param name="AddedTokens">The list of added tokens, or null.</param>
/// <param name="Normalizer">The normalizer, or null.</param>
/// <param name="PreTokenizer">The pre-tokenizer, or null.</param>
/// <param name="PostProcessor">The post-processor, or null.</param>
/// <param name="Decoder">The decoder, or null.</param>
internal sealed record TokenizerFile(
    ModelData Model, JsonNode? AddedTokens, JsonNode? Normalizer, JsonNode? PreTokenizer, JsonNode? PostProcessor, JsonNode? Decoder)
{
    private const string SupportedVersion = "1.0";

    /// <exception cref="MoEQuantException">The bytes are not JSON, or the model is invalid.</exception>
    public static TokenizerFile Parse(ReadOnlySpan<byte> json)
    {
        if (!System.Text.Unicode.Utf8.IsValid(json))
            throw new MoEQuantException(TokenizerDiagnostics.NotJson, $"The {json.Length} bytes are not UTF-8 text.");
        try
        {
            var reader = new Utf8JsonReader(json);
            return Read(ref reader);
        }
        catch (JsonException e)
        {
            throw new MoEQuantException(TokenizerDiagnostics.NotJson,
                $"The {json.Length} bytes are not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}).", null, e);
        }
    }

    private static TokenizerFile Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MoEQuantException(TokenizerDiagnostics.NotJson, $"The file is of the kind {reader.TokenType}, expected an object.");
        ModelData? model = null;
        var parts = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("model"u8))
            {
                reader.Read();
                model = ModelReader.Read(ref reader);
                continue;
            }
            string name = reader.ValueIsEscaped ? "" : reader.GetString()!;
            reader.Read();
            if (name is "version" or "added_tokens" or "normalizer" or "pre_tokenizer" or "post_processor" or "decoder")
                parts[name] = new JsonNode(JsonElement.ParseValue(ref reader), name);
            else
                reader.Skip();
        }
        // Nothing may follow the object; the reader throws where something does.
        reader.Read();
        JsonNode? Part(string name) => parts.TryGetValue(name, out JsonNode? part) && !part.IsNull ? part : null;
        if (Part("version")?.AsString() is { } version && version != SupportedVersion)
            throw new MoEQuantException(TokenizerDiagnostics.VersionUnsupported, $"The file has the version \"{version}\", expected \"{SupportedVersion}\".");
        if (model is null)
            throw new MoEQuantException(TokenizerDiagnostics.PropertyMissing, "The file has no \"model\".");
        return new TokenizerFile(model, Part("added_tokens"), Part("normalizer"), Part("pre_tokenizer"), Part("post_processor"), Part("decoder"));
    }
}
