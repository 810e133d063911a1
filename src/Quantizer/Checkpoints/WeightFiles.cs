using System.Globalization;
using System.Text.RegularExpressions;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Checkpoints;

/// <summary>Finds the files that hold a checkpoint's weights.</summary>
/// <remarks>
/// The order is that of the transformers library: model.safetensors, then the shards of model.safetensors.index.json. Complete shards without their index are
/// accepted as well, since every shard lists its own tensors; other safetensors files in the folder (adapters, consolidated weights) are not guessed at.
/// </remarks>
internal static partial class WeightFiles
{
    public const string SingleName = "model.safetensors";
    public const string IndexName = "model.safetensors.index.json";
    private const int NamesInMessage = 5;

    /// <summary>File names in the folder, in the order of the shards; and the index where there is one.</summary>
    public static (IReadOnlyList<string> Names, ShardIndex? Index) Find(string folder)
    {
        if (File.Exists(Path.Combine(folder, SingleName)))
            return ([SingleName], null);
        if (File.Exists(Path.Combine(folder, IndexName)))
        {
            ShardIndex index = ShardIndex.Read(folder);
            return (index.Shards, index);
        }

        return (FindShards(folder), null);
    }

    private static List<string> FindShards(string folder)
    {
        SortedDictionary<int, string> shards = [];
        HashSet<int> counts = [];
        foreach (string path in Directory.EnumerateFiles(folder, "model-*.safetensors"))
        {
            Match match = ShardPattern().Match(Path.GetFileName(path));
            if (!match.Success)
                continue;
            counts.Add(int.Parse(match.Groups[2].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture));
            shards[int.Parse(match.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture)] = Path.GetFileName(path);
        }

        if (counts.Count == 0)
            throw new MoEQuantException(CheckpointDiagnostics.WeightsMissing, DescribeOthers(folder), folder);
        if (counts.Count > 1)
            throw new MoEQuantException(
                CheckpointDiagnostics.ShardMissing, $"The folder has shards of different sets, of {string.Join(" and of ", counts.Order())} files, and no {IndexName}.", folder);
        int count = counts.Single();
        for (int i = 1; i <= count; i++)
            if (!shards.ContainsKey(i))
                throw new MoEQuantException(
                    CheckpointDiagnostics.ShardMissing, $"Shard {i:D5} of {count:D5} is absent; {shards.Count} shards were found and no {IndexName}.", folder);
        return [.. shards.Values];
    }

    private static string DescribeOthers(string folder)
    {
        string[] names = [.. Directory.EnumerateFiles(folder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        string expected = $"{SingleName}, or model-NNNNN-of-NNNNN.safetensors files with {IndexName}, was expected";
        foreach ((string extension, string what) in ((string, string)[])
            [(".gguf", "GGUF files"), (".bin", "PyTorch files"), (".pt", "PyTorch files"), (".pth", "PyTorch files"), (".h5", "TensorFlow files"), (".msgpack", "Flax files"), (".onnx", "ONNX files"), (".safetensors", "safetensors files of other names")])
        {
            string[] found = [.. names.Where(name => name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))];
            if (found.Length > 0)
                return $"The folder has only {what} ({List(found)}); {expected}.";
        }

        return names.Length == 0 ? $"The folder is empty; {expected}." : $"The folder has no weights among its files ({List(names)}); {expected}.";
    }

    private static string List(string[] names) =>
        string.Join(", ", names.Take(NamesInMessage).Select(DiagnosticText.Quote)) + (names.Length > NamesInMessage ? $" and {names.Length - NamesInMessage} more" : "");

    [GeneratedRegex("^model-([0-9]{5})-of-([0-9]{5})\\.safetensors$", RegexOptions.CultureInvariant)]
    private static partial Regex ShardPattern();
}
