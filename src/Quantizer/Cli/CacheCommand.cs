using System.CommandLine;
using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Pipeline.Caching;

namespace MoEQuant.Quantizer.Cli;

/// <summary><c>moequant cache</c>: shows and empties the folder of <c>--cache</c>.</summary>
internal static class CacheCommand
{
    public static Command Create(CliHost host)
    {
        Argument<string> folder = new("DIR") { Description = "The folder that --cache named." };
        Option<string?> remove = OptionValue.Create("--remove", "Remove the entry whose key begins with this.", "KEY");
        Option<bool> clear = new("--clear") { Description = "Remove every entry." };
        Option<bool> json = new("--json") { Description = "Write one JSON document to the standard output and nothing else." };
        Option<string?> log = LogOption.Create();
        Command command = new("cache", "Lists what a cache of finished layers holds, and removes it.") { folder, remove, clear, json, log };
        command.SetAction((result, cancellationToken) => Task.Run(() =>
        {
            _ = LogOption.Parse(result.GetValue(log));
            string path = Path.GetFullPath(result.GetValue(folder)!);
            IReadOnlyList<CacheEntry> entries = CacheFolder.List(path);
            IReadOnlyList<CacheEntry> removed = result.GetValue(clear) ? entries : result.GetResult(remove) is null ? [] : [Find(entries, result.GetValue(remove) ?? "")];
            CacheFolder.Remove(path, removed.Select(entry => entry.Key));
            IReadOnlyList<CacheEntry> left = [.. entries.Except(removed)];
            if (result.GetValue(json))
                WriteJson(left, removed, host.Output);
            else
                WriteTable(left, removed, host);
            return ExitCode.Success;
        }, cancellationToken));
        return command;
    }

    private static CacheEntry Find(IReadOnlyList<CacheEntry> entries, string key)
    {
        CacheEntry[] found = key.Length == 0 ? [] : [.. entries.Where(entry => entry.Key.StartsWith(key, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1 ? found[0] : throw new MoEQuantException(QuantizeDiagnostics.CacheKey, $"--remove is '{key}', with which {found.Length} of {entries.Count} keys begin.");
    }

    /// <summary>Fields: entries[key, title, parts, bytes, lastWrite], removed (as entries), bytes.</summary>
    private static void WriteJson(IReadOnlyList<CacheEntry> left, IReadOnlyList<CacheEntry> removed, TextWriter output) => JsonOutput.Write(output, json =>
    {
        foreach ((string name, IReadOnlyList<CacheEntry> entries) in ((string, IReadOnlyList<CacheEntry>)[])[("entries", left), ("removed", removed)])
        {
            json.WriteStartArray(name);
            foreach (CacheEntry entry in entries)
            {
                json.WriteStartObject();
                json.WriteString("key", entry.Key);
                json.WriteString("title", entry.Title);
                json.WriteNumber("parts", entry.Parts);
                json.WriteNumber("bytes", entry.Bytes);
                json.WriteString("lastWrite", entry.LastWrite);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteNumber("bytes", left.Sum(entry => entry.Bytes));
    });

    private static void WriteTable(IReadOnlyList<CacheEntry> left, IReadOnlyList<CacheEntry> removed, CliHost host)
    {
        TableText.Write(host, ["Key", "Model", " Parts", " Size", "Last write (UTC)"],
            [.. left.Select(entry => (string[])[entry.Key[..12], entry.Title, $"{entry.Parts}", Text.Bytes(entry.Bytes), entry.LastWrite.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)])]);
        if (removed.Count > 0)
            host.Output.WriteLine($"Removed: {removed.Count}, {Text.Bytes(removed.Sum(entry => entry.Bytes))}.");
        host.Output.WriteLine($"{left.Count} {(left.Count == 1 ? "entry" : "entries")}, {Text.Bytes(left.Sum(entry => entry.Bytes))}.");
    }
}
