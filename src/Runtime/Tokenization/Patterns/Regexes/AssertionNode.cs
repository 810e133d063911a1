namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A condition on the position.</summary>
internal sealed record AssertionNode(RegexAssertion Assertion) : RegexNode;
