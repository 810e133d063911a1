using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Characters;
using MoEQuant.Runtime.Tokenization.Json;
using MoEQuant.Runtime.Tokenization.Patterns;

namespace MoEQuant.Runtime.Tokenization.PreTokenization;

/// <summary>Makes the pre-tokenizer that tokenizer.json describes.</summary>
internal sealed class PreTokenizerReader
{
    private readonly List<JsonNode> _steps = [];
    private ByteLevelStage _byteLevel;

    private PreTokenizerReader(bool isByteLevelBefore)
    {
        _byteLevel = isByteLevelBefore ? ByteLevelStage.BeforePieces : ByteLevelStage.None;
    }

    /// <param name="node">The pre-tokenizer, or null where the file has none.</param>
    /// <param name="isByteLevelBefore">Whether the normalizer wrote the byte-level alphabet already.</param>
    /// <param name="byteLevel">Where the text comes into the byte-level alphabet, the normalizer included.</param>
    public static PreTokenizer? Read(JsonNode? node, bool isByteLevelBefore, out ByteLevelStage byteLevel)
    {
        var reader = new PreTokenizerReader(isByteLevelBefore);
        if (node is not null)
            reader.Flatten(node);
        PreTokenizer[] steps = [.. reader._steps.Select(reader.ReadStep)];
        byteLevel = reader._byteLevel;
        return steps.Length switch { 0 => null, 1 => steps[0], _ => new SequencePreTokenizer(steps) };
    }

    private void Flatten(JsonNode node)
    {
        if (node.Type != "Sequence")
            _steps.Add(node);
        else
            foreach (JsonNode part in node.Required("pretokenizers").Items())
                Flatten(part);
    }

    private PreTokenizer ReadStep(JsonNode node, int index) => node.Type switch
    {
        "ByteLevel" => ReadByteLevel(node, isLast: index == _steps.Count - 1),
        "Metaspace" => MetaspaceReader.ReadPreTokenizer(RefuseBehindByteLevel(node)),
        "Split" => Splitter(PatternFactory.Read(node.Required("pattern")), ReadBehavior(node.Required("behavior")), node.Bool("invert", false)),
        "Digits" => Splitter(new ClassPattern(CharacterClass.IsNumber), node.Bool("individual_digits", false) ? SplitBehavior.Isolated : SplitBehavior.Contiguous),
        "Punctuation" => Splitter(new ClassPattern(CharacterClass.IsPunctuation),
            node.Optional("behavior") is { } behavior ? ReadBehavior(behavior) : SplitBehavior.Isolated),
        "Whitespace" => Splitter(new WordOrSymbolPattern(), SplitBehavior.Removed, invert: true),
        "WhitespaceSplit" => Splitter(new ClassPattern(CharacterClass.IsWhiteSpace), SplitBehavior.Removed),
        string other => throw new MoEQuantException(TokenizerDiagnostics.ComponentUnsupported, $"{node.Location} is a pre-tokenizer of type \"{other}\"."),
    };

    private ByteLevelPreTokenizer ReadByteLevel(JsonNode node, bool isLast)
    {
        RefuseBehindByteLevel(node);
        _byteLevel = isLast ? ByteLevelStage.Last : ByteLevelStage.BeforePieces;
        return new ByteLevelPreTokenizer(node.Required("add_prefix_space").AsBool(), node.Bool("use_regex", true), mapsText: !isLast);
    }

    private JsonNode RefuseBehindByteLevel(JsonNode node) => _byteLevel == ByteLevelStage.None
        ? node
        : throw new MoEQuantException(TokenizerDiagnostics.OptionUnsupported,
            $"{node.Location} is a pre-tokenizer of type \"{node.Type}\" behind another part that writes bytes as characters already.");

    private static SplitPreTokenizer Splitter(TextPattern pattern, SplitBehavior behavior, bool invert = false) =>
        new(new PatternSplitter(pattern, behavior, invert));

    private static SplitBehavior ReadBehavior(JsonNode node) => node.AsString() switch
    {
        "Removed" => SplitBehavior.Removed,
        "Isolated" => SplitBehavior.Isolated,
        "MergedWithPrevious" => SplitBehavior.MergedWithPrevious,
        "MergedWithNext" => SplitBehavior.MergedWithNext,
        "Contiguous" => SplitBehavior.Contiguous,
        _ => throw node.Invalid("Removed, Isolated, MergedWithPrevious, MergedWithNext or Contiguous"),
    };
}
