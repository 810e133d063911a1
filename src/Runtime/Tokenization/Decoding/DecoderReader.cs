using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Json;
using MoEQuant.Runtime.Tokenization.Normalization;
using MoEQuant.Runtime.Tokenization.Patterns;
using MoEQuant.Runtime.Tokenization.PreTokenization;

namespace MoEQuant.Runtime.Tokenization.Decoding;

/// <summary>Makes the decoder that tokenizer.json describes.</summary>
internal static class DecoderReader
{
    /// <param name="node">The decoder, or null where the file has none.</param>
    public static Decoder Read(JsonNode? node)
    {
        if (node is null)
            return new Decoder(null);
        var steps = new List<Func<DecodeStage, DecodeStage>>();
        AddSteps(node, steps);
        return new Decoder(steps);
    }

    private static void AddSteps(JsonNode node, List<Func<DecodeStage, DecodeStage>> steps)
    {
        if (node.Type == "Sequence")
            foreach (JsonNode part in node.Required("decoders").Items())
                AddSteps(part, steps);
        else
            steps.Add(ReadStep(node));
    }

    private static Func<DecodeStage, DecodeStage> ReadStep(JsonNode node)
    {
        switch (node.Type)
        {
            case "ByteLevel":
                return next => new ByteLevelDecodeStage(next);
            case "ByteFallback":
                return next => new ByteFallbackStage(next);
            case "Fuse":
                return next => new FuseStage(next);
            case "Replace":
                var replace = new ReplaceNormalizer(PatternFactory.Read(node.Required("pattern")), node.Required("content").AsString());
                return next => new ReplaceStage(replace, next);
            case "Strip":
                Rune content = node.Required("content").AsCharacter().EnumerateRunes().First();
                int start = node.Required("start").AsCount();
                int stop = node.Required("stop").AsCount();
                return next => new StripStage(content, start, stop, next);
            case "Metaspace":
                string replacement = MetaspaceReader.Replacement(node);
                bool dropsInFirst = MetaspaceReader.Scheme(node) != PrependScheme.Never;
                return next => new MetaspaceStage(replacement, dropsInFirst, next);
            default:
                throw new MoEQuantException(TokenizerDiagnostics.ComponentUnsupported, $"{node.Location} is a decoder of type \"{node.Type}\".");
        }
    }
}
