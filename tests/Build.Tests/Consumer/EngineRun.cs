using System.Text.Json;

namespace MoEQuant.Build.Tests.Consumer;

/// <summary>One line of the stand-in engine's record: a run, or (without <paramref name="Options"/>) a child process of a run.</summary>
internal sealed record EngineRun(int Pid, string? Checkpoint, string? Output, IReadOnlyDictionary<string, string>? Options)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<EngineRun> ReadAll(string path) =>
        File.Exists(path) ? [.. File.ReadAllLines(path).Select(line => JsonSerializer.Deserialize<EngineRun>(line, Format)!)] : [];
}
