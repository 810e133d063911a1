using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Json;
using MoEQuant.Runtime.Tokenization.Patterns;
using MoEQuant.Runtime.Tokenization.Unicode;

namespace MoEQuant.Runtime.Tokenization.Normalization;

/// <summary>Makes the normalizer that tokenizer.json describes.</summary>
internal static class NormalizerReader
{
    public static Normalizer Read(JsonNode node) => node.Type switch
    {
        "Sequence" => new SequenceNormalizer([.. node.Required("normalizers").Items().Select(Read)]),
        "Prepend" => new PrependNormalizer(node.Required("prepend").AsString()),
        "Replace" => new ReplaceNormalizer(PatternFactory.Read(node.Required("pattern")), node.Required("content").AsString()),
        "NFC" => new UnicodeFormNormalizer(NormalForm.C),
        "NFD" => new UnicodeFormNormalizer(NormalForm.D),
        "NFKC" => new UnicodeFormNormalizer(NormalForm.KC),
        "NFKD" => new UnicodeFormNormalizer(NormalForm.KD),
        "Lowercase" => new LowercaseNormalizer(),
        "Strip" => new StripNormalizer(node.Bool("strip_left", true), node.Bool("strip_right", true)),
        "StripAccents" => new StripAccentsNormalizer(),
        "ByteLevel" => new ByteLevelNormalizer(),
        string other => throw new MoEQuantException(TokenizerDiagnostics.ComponentUnsupported, $"{node.Location} is a normalizer of type \"{other}\"."),
    };

    /// <summary>True when the normalizer, or one of its parts, writes the byte-level alphabet.</summary>
    public static bool IsByteLevel(JsonNode node) => node.Type switch
    {
        "ByteLevel" => true,
        "Sequence" => node.Required("normalizers").Items().Any(IsByteLevel),
        _ => false,
    };
}
