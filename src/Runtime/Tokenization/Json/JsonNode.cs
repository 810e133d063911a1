using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Tokenization.Json;

/// <summary>Typed access to one JSON value of tokenizer.json; every failure is coded and names the place, for example <c>pre_tokenizer.pretokenizers[1].behavior</c>.</summary>
/// <param name="element">The value.</param>
/// <param name="location">Where it stands in the file.</param>
internal sealed class JsonNode(JsonElement element, string location)
{
    public string Location => location;

    public bool IsNull => element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    /// <summary>The <c>type</c> that every component of tokenizer.json declares.</summary>
    public string Type => Required("type").AsString();

    public JsonNode Required(string name)
    {
        JsonNode? value = Optional(name);
        return value ?? throw new MoEQuantException(TokenizerDiagnostics.PropertyMissing, $"{location} has no \"{name}\".");
    }

    /// <summary>The property, or null where it is absent or JSON null.</summary>
    public JsonNode? Optional(string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Invalid("an object");
        return element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null
            ? new JsonNode(value, $"{location}.{name}")
            : null;
    }

    public string AsString()
    {
        if (element.ValueKind != JsonValueKind.String)
            throw Invalid("a string");
        try
        {
            return element.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // An escape such as "\ud800" without its partner is valid JSON syntax but no text.
            throw new MoEQuantException(TokenizerDiagnostics.PropertyInvalid, $"{location} is not valid Unicode text.", null, e);
        }
    }

    /// <summary>A string of exactly one Unicode character, as Rust's <c>char</c>.</summary>
    public string AsCharacter()
    {
        string text = AsString();
        if (text.Length == 0 || text.Length != (char.IsSurrogatePair(text, 0) ? 2 : 1))
            throw Invalid("a string of one character");
        return text;
    }

    public bool AsBool() => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Invalid("true or false"),
    };

    public int AsCount()
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt32(out int value) || value < 0)
            throw Invalid("an integer of at least 0");
        return value;
    }

    public double AsNumber()
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetDouble(out double value))
            throw Invalid("a number");
        return value;
    }

    public long AsInteger()
    {
        if (element.ValueKind != JsonValueKind.Number || !element.TryGetInt64(out long value))
            throw Invalid("an integer");
        return value;
    }

    public bool Bool(string name, bool fallback) => Optional(name)?.AsBool() ?? fallback;

    public IEnumerable<JsonNode> Items()
    {
        if (element.ValueKind != JsonValueKind.Array)
            throw Invalid("an array");
        int index = 0;
        foreach (JsonElement item in element.EnumerateArray())
            yield return new JsonNode(item, $"{location}[{index++}]");
    }

    public MoEQuantException Invalid(string expected) =>
        new(TokenizerDiagnostics.PropertyInvalid, $"{location} is {Describe()}, expected {expected}.");

    private string Describe() => element.ValueKind switch
    {
        JsonValueKind.String or JsonValueKind.Number => Shorten(element.GetRawText()),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        _ => "null",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 57), "...");
}
