using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Json;

namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Reads the settings that the pre-tokenizer and the decoder Metaspace share.</summary>
internal static class MetaspaceReader
{
    public static MetaspacePreTokenizer ReadPreTokenizer(JsonNode node) =>
        new(Replacement(node), Scheme(node), node.Bool("split", true));

    public static string Replacement(JsonNode node) => node.Optional("replacement")?.AsCharacter() ?? "▁";

    /// <summary>The scheme; older files say <c>add_prefix_space</c> instead.</summary>
    public static PrependScheme Scheme(JsonNode node)
    {
        bool addsPrefix = node.Bool("add_prefix_space", true);
        if (node.Optional("prepend_scheme") is not { } scheme)
            return addsPrefix ? PrependScheme.Always : PrependScheme.Never;
        PrependScheme parsed = scheme.AsString() switch
        {
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw scheme.Invalid("always, first or never"),
        };
        return addsPrefix || parsed == PrependScheme.Never
            ? parsed
            : throw new MoEQuantException(TokenizerDiagnostics.PropertyInvalid,
                $"{node.Location} has add_prefix_space false, which contradicts its prepend_scheme \"{scheme.AsString()}\".");
    }
}
