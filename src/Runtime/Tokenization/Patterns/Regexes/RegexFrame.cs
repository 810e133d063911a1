namespace MoEQuant.Runtime.Tokenization.Patterns.Regexes;

/// <summary>Something to go back to when the way taken fails.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Pc">The instruction to go on at; the register for Restore.</param>
/// <param name="Position">The position in the text; the value for Restore.</param>
/// <param name="Limit">For Shrink the position not to go below, for Extend how many code points were taken.</param>
internal readonly record struct RegexFrame(RegexFrameKind Kind, int Pc, int Position, int Limit = 0);
