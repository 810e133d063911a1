using System.Text;

namespace MoEQuant.Speed.Peer;

/// <summary>
/// A GGUF file of Qwen3-30B-A3B layers with random Q3_K weights, for llama-bench: the same widths as the shape qwen3-30b-a3b of this program, 3.44 bits per weight. Its file is deleted with this object.
/// </summary>
/// <remarks>Format: ggml's docs/gguf.md, version 3; Q3_K has blocks of 256 weights in 110 bytes, the last two of which are their half-precision scale.</remarks>
internal sealed class GgufModel : IDisposable
{
    private const int Hidden = 2048, Heads = 16, KeyValueHeads = 4, HeadDimension = 128, Experts = 128, ExpertsPerToken = 8, ExpertWidth = 768, Vocabulary = 4096;
    private const int Alignment = 32, BlockWeights = 256, BlockBytes = 110;
    private const uint UInt32Value = 4, Float32Value = 6, StringValue = 8, F32 = 0, Q3K = 11;

    private readonly List<(string Name, long[] Dimensions, bool Packed)> _tensors = [];
    private readonly Random _random = new(1);

    private GgufModel(string path, int layers)
    {
        Path = path;
        Packed("token_embd", Hidden, Vocabulary);
        Packed("output", Hidden, Vocabulary);
        Plain("output_norm", Hidden);
        for (int layer = 0; layer < layers; layer++)
            AddLayer($"blk.{layer}.");
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Writes the file.</summary>
    public static GgufModel Create(int layers)
    {
        GgufModel model = new(System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"moequant-peer-{Guid.NewGuid():N}.gguf"), layers);
        try
        {
            using BinaryWriter writer = new(File.Create(model.Path));
            model.Write(writer, layers);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the file.</summary>
    public void Dispose() => File.Delete(Path);

    private void AddLayer(string prefix)
    {
        Plain(prefix + "attn_norm", Hidden);
        Packed(prefix + "attn_q", Hidden, Heads * HeadDimension);
        Packed(prefix + "attn_k", Hidden, KeyValueHeads * HeadDimension);
        Packed(prefix + "attn_v", Hidden, KeyValueHeads * HeadDimension);
        Packed(prefix + "attn_output", Heads * HeadDimension, Hidden);
        Plain(prefix + "attn_q_norm", HeadDimension);
        Plain(prefix + "attn_k_norm", HeadDimension);
        Plain(prefix + "ffn_norm", Hidden);
        Plain(prefix + "ffn_gate_inp", Hidden, Experts);
        Packed(prefix + "ffn_gate_exps", Hidden, ExpertWidth, Experts);
        Packed(prefix + "ffn_up_exps", Hidden, ExpertWidth, Experts);
        Packed(prefix + "ffn_down_exps", ExpertWidth, Hidden, Experts);
    }

    private void Plain(string name, params long[] dimensions) => _tensors.Add((name + ".weight", dimensions, false));

    private void Packed(string name, params long[] dimensions) => _tensors.Add((name + ".weight", dimensions, true));

    private void Write(BinaryWriter writer, int layers)
    {
        (string Key, object Value)[] settings =
        [
            ("general.architecture", "qwen3moe"), ("general.name", "synthetic"), ("general.file_type", 11u), ("general.quantization_version", 2u),
            ("qwen3moe.block_count", (uint)layers), ("qwen3moe.context_length", 4096u), ("qwen3moe.embedding_length", (uint)Hidden), ("qwen3moe.feed_forward_length", 6144u),
            ("qwen3moe.expert_count", (uint)Experts), ("qwen3moe.expert_used_count", (uint)ExpertsPerToken), ("qwen3moe.expert_feed_forward_length", (uint)ExpertWidth),
            ("qwen3moe.vocab_size", (uint)Vocabulary), ("qwen3moe.attention.head_count", (uint)Heads), ("qwen3moe.attention.head_count_kv", (uint)KeyValueHeads),
            ("qwen3moe.attention.key_length", (uint)HeadDimension), ("qwen3moe.attention.value_length", (uint)HeadDimension),
            ("qwen3moe.attention.layer_norm_rms_epsilon", 1e-6f), ("qwen3moe.rope.freq_base", 1e6f), ("qwen3moe.rope.dimension_count", (uint)HeadDimension), ("tokenizer.ggml.model", "no_vocab"),
        ];
        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)settings.Length);
        foreach ((string key, object value) in settings)
            WriteSetting(writer, key, value);
        long offset = 0;
        foreach ((string name, long[] dimensions, bool packed) in _tensors)
        {
            WriteText(writer, name);
            writer.Write((uint)dimensions.Length);
            foreach (long dimension in dimensions)
                writer.Write(dimension);
            writer.Write(packed ? Q3K : F32);
            writer.Write(offset);
            offset += Aligned(Bytes(dimensions, packed));
        }

        foreach ((_, long[] dimensions, bool packed) in _tensors)
        {
            writer.Write(new byte[(int)(Aligned(writer.BaseStream.Position) - writer.BaseStream.Position)]);
            if (packed)
                WriteBlocks(writer, Bytes(dimensions, packed));
            else
                WriteFloats(writer, Bytes(dimensions, packed) / sizeof(float), router: dimensions.Length == 2);
        }
    }

    private static void WriteSetting(BinaryWriter writer, string key, object value)
    {
        WriteText(writer, key);
        switch (value)
        {
            case uint number:
                writer.Write(UInt32Value);
                writer.Write(number);
                break;
            case float number:
                writer.Write(Float32Value);
                writer.Write(number);
                break;
            default:
                writer.Write(StringValue);
                WriteText(writer, (string)value);
                break;
        }
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private void WriteBlocks(BinaryWriter writer, long bytes)
    {
        byte[] chunk = new byte[BlockBytes * 8192];
        for (long left = bytes; left > 0; left -= chunk.Length)
        {
            _random.NextBytes(chunk);
            for (int block = 0; block < chunk.Length; block += BlockBytes)
                BitConverter.TryWriteBytes(chunk.AsSpan(block + BlockBytes - 2), (Half)0.0003f);
            writer.Write(chunk, 0, (int)Math.Min(left, chunk.Length));
        }
    }

    // Norms are ones; a router spreads the tokens over the experts.
    private void WriteFloats(BinaryWriter writer, long count, bool router)
    {
        for (long index = 0; index < count; index++)
            writer.Write(router ? (_random.NextSingle() - 0.5f) * 0.07f : 1f);
    }

    private static long Bytes(long[] dimensions, bool packed)
    {
        long count = dimensions.Aggregate(1L, (product, dimension) => product * dimension);
        return packed ? count / BlockWeights * BlockBytes : count * sizeof(float);
    }

    private static long Aligned(long position) => (position + Alignment - 1) / Alignment * Alignment;
}
