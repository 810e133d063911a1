using System.Text;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Model;

/// <summary>Small models to run.</summary>
internal static class TestModels
{
    /// <summary>Loads a random model; its tokenizer maps the vocabulary's entries to single bytes.</summary>
    public static MoEModel Load(RandomModel random, MoEModelOptions? options = null, GenerationDefaults? defaults = null) =>
        MoEModel.Create(new InMemoryWeightSource(random.Tensors), random.Config, ByteTokenizer(), defaults, options);

    public static int[] Tokens(int count, int vocabulary, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(vocabulary))];
    }

    /// <summary>A byte-level tokenizer without merges: ids 0 to 93 are the printable characters from '!' on, 94 to 255 the other bytes.</summary>
    public static Tokenizer ByteTokenizer() => Tokenizer.FromJson(ByteTokenizerJson());

    public static byte[] ByteTokenizerJson()
    {
        // The byte-level alphabet of GPT-2: printable bytes stand for themselves, the others for the characters from U+0100 on.
        var alphabet = Enumerable.Range(0, 256).Where(IsPrintable).Select(b => (char)b).ToList();
        alphabet.AddRange(Enumerable.Range(0, 256 - alphabet.Count).Select(i => (char)(256 + i)));
        string vocabulary = string.Join(",", alphabet.Select((c, id) => $"{System.Text.Json.JsonSerializer.Serialize(c.ToString())}:{id}"));
        return Encoding.UTF8.GetBytes(
            "{\"version\":\"1.0\",\"added_tokens\":[],\"normalizer\":null,\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}," +
            "\"post_processor\":null,\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"trim_offsets\":true,\"use_regex\":true}," +
            "\"model\":{\"type\":\"BPE\",\"vocab\":{" + vocabulary + "},\"merges\":[]}}");
    }

    private static bool IsPrintable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
}
