namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A part that must (or must not) match ahead of or behind the position, without being consumed.</summary>
internal sealed record LookNode(RegexNode Child, bool IsBehind, bool IsNegative) : RegexNode;
