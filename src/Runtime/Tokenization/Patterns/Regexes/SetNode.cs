namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>One code point out of a set.</summary>
internal sealed record SetNode(CodePointSet Set) : RegexNode;
