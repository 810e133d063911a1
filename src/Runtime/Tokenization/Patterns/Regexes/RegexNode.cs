namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A part of a regular expression.</summary>
internal abstract record RegexNode;
