namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>One instruction of a compiled pattern; <see cref="RegexOp"/> says what the operands mean.</summary>
internal readonly record struct RegexInstruction(RegexOp Op, int A = 0, int B = 0, int C = 0, CodePointSet? Set = null);
