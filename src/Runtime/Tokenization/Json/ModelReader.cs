using System.Text.Json;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Models;
using MoEQuant.Runtime.Tokenization.Vocabularies;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>Reads the model of tokenizer.json: small settings as JSON elements, vocabulary and merges straight into their tables.</summary>
internal sealed class ModelReader
{
    private readonly Dictionary<string, JsonNode> _settings = new(StringComparer.Ordinal);
    private readonly TokenText _text = new();
    private Vocabulary? _vocabulary;
    private MergeTable? _merges;

    /// <param name="reader">Stands on the begin of the model; stands on its end afterwards.</param>
    public static ModelData Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new MoEQuantException(TokenizerDiagnostics.PropertyInvalid, $"model is of the kind {reader.TokenType}, expected an object.");
        return new ModelReader().ReadObject(ref reader);
    }

    private ModelData ReadObject(ref Utf8JsonReader reader)
    {
        Utf8JsonReader vocabulary = default;
        Utf8JsonReader merges = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("vocab"u8))
            {
                reader.Read();
                vocabulary = reader;
                ReadVocabulary(ref reader);
            }
            else if (reader.ValueTextEquals("merges"u8))
            {
                reader.Read();
                merges = reader;
                // Merges can be read when all that they refer to has come, as in every usual file; else they are read at the end.
                if (_vocabulary is not null && _settings.ContainsKey("continuing_subword_prefix"))
                    ReadMerges(ref reader);
                else
                    reader.Skip();
            }
            else
            {
                string name = reader.GetString()!;
                reader.Read();
                _settings[name] = new JsonNode(JsonElement.ParseValue(ref reader), $"model.{name}");
            }
        }

        CheckType(merges.TokenType != JsonTokenType.None);
        if (vocabulary.TokenType == JsonTokenType.None)
            throw Missing("vocab");
        if (_vocabulary is null)
            throw Invalid("model.vocab", vocabulary.TokenType, "an object");
        if (merges.TokenType == JsonTokenType.None)
            throw Missing("merges");
        if (_merges is null)
            ReadMerges(ref merges);
        return new ModelData(_vocabulary, _merges!, ReadOptions());
    }

    private void CheckType(bool hasMerges)
    {
        // Files of old do not say the type; only BPE has merges.
        string type = Setting("type")?.AsString() ?? (hasMerges ? "BPE" : "unknown");
        if (type != "BPE")
            throw new MoEQuantException(TokenizerDiagnostics.ModelUnsupported, $"The tokenizer model is of type \"{type}\", expected \"BPE\".");
    }

    private BpeOptions ReadOptions()
    {
        if (Setting("dropout") is { } dropout && dropout.AsNumber() != 0)
            throw new MoEQuantException(TokenizerDiagnostics.OptionUnsupported,
                $"model.dropout is {dropout.AsNumber()}: the same text would be encoded differently each time.");
        var options = new BpeOptions(
            Setting("unk_token")?.AsString(),
            Setting("fuse_unk")?.AsBool() ?? false,
            Setting("byte_fallback")?.AsBool() ?? false,
            Setting("ignore_merges")?.AsBool() ?? false,
            Setting("continuing_subword_prefix")?.AsString() ?? "",
            Setting("end_of_word_suffix")?.AsString() ?? "");
        if (options.UnknownToken is { } unknown && !_vocabulary!.TryGetId(System.Text.Encoding.UTF8.GetBytes(unknown), out _))
            throw new MoEQuantException(TokenizerDiagnostics.UnknownTokenMissing, $"model.unk_token is \"{unknown}\", which the vocabulary does not have.");
        return options;
    }

    private JsonNode? Setting(string name) => _settings.TryGetValue(name, out JsonNode? node) && !node.IsNull ? node : null;

    private void ReadVocabulary(ref Utf8JsonReader reader)
    {
        _vocabulary = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            // A list is the vocabulary of another model; which one, the type tells.
            reader.Skip();
            return;
        }
        var builder = new VocabularyBuilder();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> token = _text.Read(in reader);
            reader.Read();
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long id) || id is < 0 or >= VocabularyBuilder.IdLimit)
                throw TokenIds.Invalid(token, in reader);
            builder.Add(token, (int)id);
        }
        _vocabulary = builder.Build();
    }

    private void ReadMerges(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Invalid("model.merges", reader.TokenType, "an array");
        var list = new MergeListReader(_vocabulary!, Setting("continuing_subword_prefix")?.AsString() ?? "");
        _merges = list.Read(ref reader);
    }

    private static MoEQuantException Missing(string name) => new(TokenizerDiagnostics.PropertyMissing, $"model has no \"{name}\".");

    private static MoEQuantException Invalid(string location, JsonTokenType found, string expected) =>
        new(TokenizerDiagnostics.PropertyInvalid, $"{location} is of the kind {found}, expected {expected}.");
}
