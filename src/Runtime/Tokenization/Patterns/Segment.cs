namespace MoEQuant.Runtime.Tokenization.Patterns;

/// <summary>A stretch of text that a pattern matched, or that lies between matches.</summary>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends.</param>
/// <param name="IsMatch">Whether the pattern matched it.</param>
internal readonly record struct Segment(int Start, int End, bool IsMatch);
