using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format;

/// <summary>Reads a packed model's metadata. Keys that it does not know are left alone: they are how later minor versions add facts.</summary>
internal static class PackedMetadata
{
    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    public static PackedModelInfo Read(SafetensorsFile container)
    {
        IReadOnlyDictionary<string, string> metadata = container.Metadata;
        string? path = container.Region.Path;
        if (!metadata.TryGetValue(PackedFormat.FormatKey, out string? format) || format != PackedFormat.FormatName)
            throw new MoEQuantException(
                PackedDiagnostics.NotPacked,
                $"The file's metadata has {(format is null ? "no 'format'" : $"the format {DiagnosticText.Quote(format)}")}; '{PackedFormat.FormatName}' was expected.", path);

        // The version comes first: nothing else in a file of another major version needs to make sense to this reader.
        Version version = ParseVersion(Required(metadata, PackedFormat.VersionKey, path), path);
        string hash = Required(metadata, PackedFormat.PayloadHashKey, path);
        if (hash.Length != 64 || hash.AsSpan().ContainsAnyExcept(HexDigits))
            throw Invalid($"Metadata '{PackedFormat.PayloadHashKey}' is {DiagnosticText.Quote(hash)}; 64 lower-case hexadecimal digits were expected.", path);
        string record = Required(metadata, PackedFormat.RecordKey, path);
        if (!IsJsonObject(record))
            throw Invalid($"Metadata '{PackedFormat.RecordKey}' is {DiagnosticText.Quote(record)}; a JSON object was expected.", path);
        return new PackedModelInfo(
            Required(metadata, PackedFormat.NameKey, path),
            Required(metadata, PackedFormat.SchemeKey, path),
            Required(metadata, PackedFormat.ToolKey, path),
            Required(metadata, PackedFormat.RuntimeKey, path),
            version, hash, record);
    }

    /// <summary>Whether a text is one JSON object, so that those who read it later need not expect anything else.</summary>
    public static bool IsJsonObject(string text)
    {
        try
        {
            Utf8JsonReader json = new(Encoding.UTF8.GetBytes(text));
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return false;
            while (json.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Version ParseVersion(string text, string? path)
    {
        string[] parts = text.Split('.');
        if (parts.Length != 2
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor))
            throw Invalid($"Metadata '{PackedFormat.VersionKey}' is {DiagnosticText.Quote(text)}; a version such as '{PackedFormat.Version}' was expected.", path);
        if (major != PackedFormat.Version.Major)
            throw new MoEQuantException(
                PackedDiagnostics.VersionUnsupported,
                $"The file has format version {major}.{minor}; this library reads versions {PackedFormat.Version.Major}.x.", path);
        return new Version(major, minor);
    }

    private static string Required(IReadOnlyDictionary<string, string> metadata, string key, string? path)
    {
        if (!metadata.TryGetValue(key, out string? value))
            throw Invalid($"Metadata '{key}' is missing.", path);
        return value.Length > 0 ? value : throw Invalid($"Metadata '{key}' is empty.", path);
    }

    private static MoEQuantException Invalid(string found, string? path) => new(PackedDiagnostics.MetadataInvalid, found, path);
}
