namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>A part repeated from Minimum to Maximum times; <see cref="int.MaxValue"/> stands for no limit.</summary>
internal sealed record RepeatNode(RegexNode Child, int Minimum, int Maximum, RepeatMode Mode) : RegexNode;
