using System.Text.Json;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>A small valid tokenizer.json: an end-of-text token and the 256 bytes, without merges.</summary>
internal static class ByteTokenizer
{
    public static byte[] Create()
    {
        Dictionary<string, int> vocabulary = new() { ["<|endoftext|>"] = 0 };
        int next = 0;
        for (int value = 0; value < 256; value++)
            vocabulary.Add(char.ToString(IsPrintable(value) ? (char)value : (char)(256 + next++)), value + 1);
        var step = new { type = "ByteLevel", add_prefix_space = false, trim_offsets = true, use_regex = true };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            version = "1.0",
            added_tokens = new[] { new { id = 0, content = "<|endoftext|>", single_word = false, lstrip = false, rstrip = false, normalized = false, special = true } },
            pre_tokenizer = step,
            decoder = step,
            model = new { type = "BPE", vocab = vocabulary, merges = Array.Empty<string>() },
        });
    }

    /// <summary>Bytes that the byte-level alphabet of GPT-2 leaves as they are; the others take the characters from 256 on, in order.</summary>
    private static bool IsPrintable(int value) => value is >= '!' and <= '~' or >= 0xA1 and <= 0xAC or >= 0xAE and <= 0xFF;
}
