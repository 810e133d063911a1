namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Alternatives, tried in order.</summary>
internal sealed record AlternationNode(IReadOnlyList<RegexNode> Alternatives) : RegexNode;
