namespace MoEQuant.Runtime.Tokenization.Models;

/// <summary>The settings of a BPE model beside its vocabulary and merges, named as in tokenizer.json.</summary>
/// <param name="UnknownToken">The token for characters that the vocabulary lacks, or null: such characters vanish.</param>
/// <param name="FuseUnknown">Whether neighbouring unknown characters become one unknown token.</param>
/// <param name="ByteFallback">Whether characters that the vocabulary lacks become tokens such as <c>&lt;0xE2&gt;</c>, one per UTF-8 byte.</param>
/// <param name="IgnoreMerges">Whether a whole piece of text that is a token is taken as such, whatever the merges say.</param>
/// <param name="ContinuingSubwordPrefix">What stands before every token that does not begin a word, or empty.</param>
/// <param name="EndOfWordSuffix">What stands after the token that ends a word, or empty.</param>
internal sealed record BpeOptions(
    string? UnknownToken = null,
    bool FuseUnknown = false,
    bool ByteFallback = false,
    bool IgnoreMerges = false,
    string ContinuingSubwordPrefix = "",
    string EndOfWordSuffix = "");
