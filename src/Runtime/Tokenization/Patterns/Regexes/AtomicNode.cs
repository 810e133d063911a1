namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A part that is not tried again once it has matched.</summary>
internal sealed record AtomicNode(RegexNode Child) : RegexNode;
