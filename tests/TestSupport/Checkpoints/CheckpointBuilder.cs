using System.Text.Json;
using MoEQuant.Format;

namespace MoEQuant.TestSupport.Checkpoints;

/// <summary>Writes small Hugging Face checkpoints of random weights: the same seed and tensors give the same bytes everywhere.</summary>
/// <example><code>
/// var builder = new CheckpointBuilder(seed: 1).AddFile("config.json", json);
/// foreach (PlannedTensor t in plan.Tensors)
///     builder.Add(t.Name, TensorDataType.BF16, t.IsVector ? [t.Rows] : [t.Rows, t.Columns], mean: t.Role == TensorRole.Norm ? 1 : 0);
/// builder.Write(folder, shardCount: 2);
/// </code></example>
public sealed class CheckpointBuilder(int seed)
{
    private readonly OrderedDictionary<string, RandomTensor> _tensors = [];
    private readonly Dictionary<string, byte[]> _files = [];

    /// <summary>All tensors in file order.</summary>
    public IReadOnlyList<RandomTensor> Tensors => _tensors.Values;

    /// <summary>The name of the only file of an unsharded checkpoint.</summary>
    public const string SingleFileName = "model.safetensors";

    /// <summary>The name of a shard, as Hugging Face writes it; <paramref name="index"/> counts from 0.</summary>
    public static string ShardName(int index, int count) => $"model-{index + 1:D5}-of-{count:D5}.safetensors";

    /// <summary>Adds a tensor of normally distributed values.</summary>
    public CheckpointBuilder Add(string name, TensorDataType type, long[] shape, double mean = 0, double deviation = 0.05)
    {
        _tensors.Add(name, new RandomTensor(new TensorDeclaration(name, type, [.. shape]), seed, mean, deviation));
        return this;
    }

    /// <summary>Adds a file that is written verbatim, for example config.json.</summary>
    public CheckpointBuilder AddFile(string name, ReadOnlySpan<byte> content)
    {
        _files.Add(name, content.ToArray());
        return this;
    }

    /// <summary>The values of a tensor as a reader must see them.</summary>
    public float[] Values(string name) => _tensors[name].Values();

    /// <summary>Writes the checkpoint into an existing folder.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="shardCount">1 for one model.safetensors; more for shards of consecutive tensors with an index.</param>
    public void Write(string folder, int shardCount = 1)
    {
        foreach ((string name, byte[] content) in _files)
            File.WriteAllBytes(Path.Combine(folder, name), content);
        if (shardCount == 1)
        {
            WriteShard(Path.Combine(folder, SingleFileName), Tensors);
            return;
        }

        Dictionary<string, string> weightMap = [];
        int start = 0;
        for (int shard = 0; shard < shardCount; shard++)
        {
            int end = (int)((long)_tensors.Count * (shard + 1) / shardCount);
            RandomTensor[] tensors = [.. Tensors.Skip(start).Take(end - start)];
            string name = ShardName(shard, shardCount);
            WriteShard(Path.Combine(folder, name), tensors);
            foreach (RandomTensor tensor in tensors)
                weightMap.Add(tensor.Declaration.Name, name);
            start = end;
        }

        WriteIndex(folder, Tensors.Sum(tensor => tensor.Declaration.Length), weightMap);
    }

    /// <summary>Writes model.safetensors.index.json.</summary>
    public static void WriteIndex(string folder, long totalSize, IReadOnlyDictionary<string, string> weightMap)
    {
        using FileStream stream = File.Create(Path.Combine(folder, "model.safetensors.index.json"));
        using Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("metadata");
        json.WriteNumber("total_size", totalSize);
        json.WriteEndObject();
        json.WriteStartObject("weight_map");
        foreach ((string tensor, string shard) in weightMap)
            json.WriteString(tensor, shard);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteShard(string path, IReadOnlyList<RandomTensor> tensors)
    {
        using SafetensorsWriter writer = new(path, [.. tensors.Select(tensor => tensor.Declaration)], new Dictionary<string, string> { ["format"] = "pt" });
        foreach (RandomTensor tensor in tensors)
            writer.Append(tensor.Declaration.Name, tensor.Bytes());
        writer.Commit();
    }
}
