namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Parts one behind the other.</summary>
internal sealed record SequenceNode(IReadOnlyList<RegexNode> Parts) : RegexNode;
