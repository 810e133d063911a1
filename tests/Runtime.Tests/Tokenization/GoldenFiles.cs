using System.Text.Json;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

/// <summary>The golden files of tests/golden/tokenizers; README.md there says how they are made.</summary>
internal static class GoldenFiles
{
    private static readonly string Folder = Path.Combine(RepositoryPaths.Root, "tests", "golden", "tokenizers");

    /// <summary>The tokenizers that there are golden files of.</summary>
    public static IEnumerable<string> Names =>
        ["tiny-olmoe", .. Directory.GetFiles(Path.Combine(Folder, "models"), "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    public static byte[] TokenizerJson(string name) => File.ReadAllBytes(name == "tiny-olmoe"
        ? Path.Combine(RepositoryPaths.SampleCheckpoint, "tokenizer.json")
        : Path.Combine(Folder, "models", $"{name}.json"));

    public static Tokenizer Load(string name) => Tokenizer.FromJson(TokenizerJson(name), name);

    public static JsonDocument Open(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, $"{name}.golden.json")));

    public static int[] Ids(JsonElement list) => [.. list.EnumerateArray().Select(id => id.GetInt32())];

    /// <summary>Text with everything outside of printable ASCII escaped, for messages.</summary>
    public static string Show(string text) => JsonSerializer.Serialize(text);
}
