using MoEQuant.Runtime.Tokenization.Json;
using MoEQuant.Runtime.Tokenization.Patterns.Regexes;

namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>Makes the pattern that tokenizer.json writes as <c>{"String": ...}</c> or <c>{"Regex": ...}</c>.</summary>
internal static class PatternFactory
{
    public static TextPattern Read(JsonNode node)
    {
        if (node.Optional("String") is { } literal)
            return new LiteralPattern(literal.AsString());
        if (node.Optional("Regex") is { } regex)
            return FromRegex(regex.AsString());
        throw node.Invalid("an object with \"String\" or \"Regex\"");
    }

    /// <summary>The word patterns of large families are written out by hand, which is several times faster than the general matcher; a test holds the two against each other.</summary>
    public static TextPattern FromRegex(string source) => source switch
    {
        Gpt2Pattern.Source => Gpt2Pattern.Instance,
        TiktokenPattern.SourceWithOneDigit => new TiktokenPattern(1),
        TiktokenPattern.SourceWithThreeDigits => new TiktokenPattern(3),
        _ => RegexPattern.Parse(source),
    };
}
