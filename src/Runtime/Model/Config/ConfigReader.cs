using System.Globalization;
using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Model.Config;

/// <summary>Typed, range-checked access to the settings of a <c>config.json</c>; every failure names the setting and what was found.</summary>
internal sealed class ConfigReader : IDisposable
{
    // A setting beyond this is a damaged or hostile file, not a model: products of two such settings still fit in 64 bits.
    private const int LargestDimension = 1 << 24;

    private readonly JsonDocument _document;
    private readonly JsonElement _root;

    private ConfigReader(JsonDocument document, JsonElement root, string? path)
    {
        _document = document;
        _root = root;
        Path = path;
    }

    public string? Path { get; }

    public static ConfigReader Open(ReadOnlySpan<byte> json, string? path)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            JsonDocument document = JsonDocument.ParseValue(ref reader);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new MoEQuantException(ModelDiagnostics.ConfigNotJson, $"Expected a JSON object, found {document.RootElement.ValueKind}.", path);
            RequireReadableText(document.RootElement);
            return new ConfigReader(document, document.RootElement, path);
        }
        catch (JsonException e)
        {
            throw new MoEQuantException(ModelDiagnostics.ConfigNotJson, $"The text is not valid JSON (line {e.LineNumber + 1}).", path, e);
        }
        catch (InvalidOperationException e)
        {
            throw new MoEQuantException(ModelDiagnostics.ConfigNotJson, "A string is not valid Unicode.", path, e);
        }
    }

    public void Dispose() => _document.Dispose();

    /// <summary>True when the setting is present and not null.</summary>
    public bool Has(string name) => TryFind(name, out _);

    /// <summary>The nested object under <paramref name="name"/>, or null where it is absent or null. Shares this reader's document.</summary>
    public ConfigReader? Section(string name)
    {
        if (!TryFind(name, out JsonElement value))
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw WrongType(name, "an object", value);
        return new ConfigReader(_document, value, Path);
    }

    public int Int(string name, int minimum = 1, int maximum = LargestDimension)
    {
        if (!TryFind(name, out JsonElement value))
            throw new MoEQuantException(ModelDiagnostics.SettingMissing, $"The setting \"{name}\" is missing.", Path);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number))
            throw WrongType(name, "a whole number", value);
        if (number < minimum || number > maximum)
            throw OutOfRange(name, value.GetRawText(), $"{minimum} to {maximum}");
        return number;
    }

    public int Int(string name, int minimum, int maximum, int fallback) => Has(name) ? Int(name, minimum, maximum) : fallback;

    public double Number(string name, double minimum, double maximum, double? fallback = null)
    {
        if (!TryFind(name, out JsonElement value))
            return fallback ?? throw new MoEQuantException(ModelDiagnostics.SettingMissing, $"The setting \"{name}\" is missing.", Path);
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
            throw WrongType(name, "a number", value);
        if (!(number >= minimum && number <= maximum))
            throw OutOfRange(name, value.GetRawText(), string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum}"));
        return number;
    }

    public bool Bool(string name, bool fallback)
    {
        if (!TryFind(name, out JsonElement value))
            return fallback;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw WrongType(name, "true or false", value),
        };
    }

    public string? Text(string name)
    {
        if (!TryFind(name, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw WrongType(name, "a text", value);
    }

    /// <summary>The texts of an array, empty where the setting is absent.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        if (!TryFind(name, out JsonElement value))
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            throw WrongType(name, "a list", value);
        List<string> texts = [];
        foreach (JsonElement element in value.EnumerateArray())
            texts.Add(element.ValueKind == JsonValueKind.String ? element.GetString()! : throw WrongType(name, "a list of texts", element));
        return texts;
    }

    /// <summary>One whole number or a list of them, empty where the setting is absent.</summary>
    public IReadOnlyList<int> Ints(string name)
    {
        if (!TryFind(name, out JsonElement value))
            return [];
        if (value.ValueKind != JsonValueKind.Array)
            return [Whole(name, value)];
        List<int> numbers = [];
        foreach (JsonElement element in value.EnumerateArray())
            numbers.Add(Whole(name, element));
        return numbers;
    }

    // The parser accepts invalid UTF-8 and lone surrogates in strings and fails only when one is read: read them all at once, here.
    private static void RequireReadableText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.String)
            element.GetString();
        if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in element.EnumerateArray())
                RequireReadableText(item);
        }

        if (element.ValueKind != JsonValueKind.Object)
            return;
        foreach (JsonProperty property in element.EnumerateObject())
        {
            _ = property.Name;
            RequireReadableText(property.Value);
        }
    }

    private int Whole(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : throw WrongType(name, "a whole number", value);

    private bool TryFind(string name, out JsonElement value) => _root.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private MoEQuantException WrongType(string name, string expected, JsonElement found)
    {
        string text = found.GetRawText();
        return new(ModelDiagnostics.SettingWrongType, $"The setting \"{name}\" must be {expected}, found {(text.Length > 60 ? text[..60] + "…" : text)}.", Path);
    }

    private MoEQuantException OutOfRange(string name, string found, string range) =>
        new(ModelDiagnostics.SettingOutOfRange, $"The setting \"{name}\" is {found}, allowed is {range}.", Path);
}
