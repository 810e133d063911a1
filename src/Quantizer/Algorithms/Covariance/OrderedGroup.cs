namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>A group of columns with its place in the order of quantization.</summary>
/// <param name="Index">The group's number within a row of the matrix.</param>
/// <param name="Start">The place of its first column in the order.</param>
/// <param name="Length">Columns.</param>
internal readonly record struct OrderedGroup(int Index, int Start, int Length);
