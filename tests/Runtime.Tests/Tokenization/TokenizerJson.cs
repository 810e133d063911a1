using System.Text;
using System.Text.Json.Nodes;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

/// <summary>Small tokenizer.json objects to change and load.</summary>
internal static class TokenizerJson
{
    /// <summary>A tokenizer of single characters a, b, c and the merges ab and abc; no bytes, no decoder.</summary>
    public static JsonObject Letters() => JsonNode.Parse("""
        {
          "version": "1.0", "truncation": null, "padding": null, "added_tokens": [],
          "normalizer": null, "pre_tokenizer": null, "post_processor": null, "decoder": {"type": "Fuse"},
          "model": {
            "type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
            "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "abc": 4}, "merges": ["a b", "ab c"]
          }
        }
        """)!.AsObject();

    public static JsonObject AddedToken(int id, string content, bool special = true) => new()
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = false,
        ["rstrip"] = false,
        ["normalized"] = false,
        ["special"] = special,
    };

    public static Tokenizer Load(JsonNode json) => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));

    public static Tokenizer Load(string name, Action<JsonObject> change)
    {
        JsonObject json = JsonNode.Parse(GoldenFiles.TokenizerJson(name))!.AsObject();
        change(json);
        return Load(json);
    }
}
