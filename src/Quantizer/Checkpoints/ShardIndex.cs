using System.Text.Json;
using System.Text.Unicode;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>A checkpoint's <c>model.safetensors.index.json</c>: which shard has which tensor.</summary>
/// <param name="Path">The index file.</param>
/// <param name="ShardOfTensor">Shard file names by tensor.</param>
/// <param name="Shards">Distinct shard file names in ordinal order.</param>
internal sealed record ShardIndex(string Path, IReadOnlyDictionary<string, string> ShardOfTensor, IReadOnlyList<string> Shards)
{
    /// <summary>Reads the index of a folder.</summary>
    public static ShardIndex Read(string folder)
    {
        string path = System.IO.Path.Combine(folder, WeightFiles.IndexName);
        byte[] json = CheckpointFiles.Read(path);
        if (json.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            json = json[3..];
        if (!Utf8.IsValid(json))
            throw Invalid("The index is not valid UTF-8.", path);
        try
        {
            Dictionary<string, string> map = Parse(json, path) ?? throw Invalid("The index has no 'weight_map'.", path);
            if (map.Count == 0)
                throw Invalid("The index's 'weight_map' is empty.", path);
            return new ShardIndex(path, map, [.. map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
        }
        catch (JsonException cause)
        {
            throw new MoEQuantException(
                CheckpointDiagnostics.IndexInvalid, $"The index is no JSON object; the fault is in line {cause.LineNumber + 1} at byte {cause.BytePositionInLine}.", path, cause);
        }
        catch (InvalidOperationException cause)
        {
            throw new MoEQuantException(CheckpointDiagnostics.IndexInvalid, "The index has a string with half a surrogate pair, which is no text.", path, cause);
        }
    }

    private static Dictionary<string, string>? Parse(ReadOnlySpan<byte> bytes, string path)
    {
        Utf8JsonReader json = new(bytes);
        json.Read();
        if (json.TokenType != JsonTokenType.StartObject)
            throw Invalid($"The index is a JSON {json.TokenType}; an object was expected.", path);
        Dictionary<string, string>? map = null;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isMap = json.ValueTextEquals("weight_map"u8);
            json.Read();
            if (!isMap)
                json.Skip();
            else if (map is not null)
                throw Invalid("The index has 'weight_map' twice.", path);
            else
                map = ParseMap(ref json, path);
        }

        json.Read();
        return map;
    }

    private static Dictionary<string, string> ParseMap(ref Utf8JsonReader json, string path)
    {
        if (json.TokenType != JsonTokenType.StartObject)
            throw Invalid($"The index's 'weight_map' is a JSON {json.TokenType}; an object was expected.", path);
        Dictionary<string, string> map = new(StringComparer.Ordinal);
        Dictionary<string, string> shardNames = new(StringComparer.Ordinal);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            string tensor = json.GetString()!;
            json.Read();
            if (json.TokenType != JsonTokenType.String)
                throw Invalid($"The index names a JSON {json.TokenType} as the shard of tensor {DiagnosticText.Quote(tensor)}; a file name was expected.", path);
            string shard = json.GetString()!;
            if (!shardNames.TryGetValue(shard, out string? known))
            {
                if (!IsPlainFileName(shard))
                    throw new MoEQuantException(
                        CheckpointDiagnostics.ShardNameInvalid, $"The index names {DiagnosticText.Quote(shard)} as the shard of tensor {DiagnosticText.Quote(tensor)}; a file beside the index was expected.", path);
                shardNames.Add(shard, known = shard);
            }

            // Thousands of entries share a few names: each is kept once.
            if (!map.TryAdd(tensor, known))
                throw Invalid($"The index has tensor {DiagnosticText.Quote(tensor)} twice.", path);
        }

        return map;
    }

    // The same on every system: a name with a backslash or a colon is a path on Windows.
    private static bool IsPlainFileName(string name) =>
        name.Length > 0 && name is not ("." or "..") && name.AsSpan().IndexOfAny("/\\:\0") < 0 && !name.Any(char.IsControl);

    private static MoEQuantException Invalid(string found, string path) => new(CheckpointDiagnostics.IndexInvalid, found, path);
}
