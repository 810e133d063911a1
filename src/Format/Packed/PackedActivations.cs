namespace MoEQuant.Format;

/// <summary>What happens to the inputs of a packed matrix before they are multiplied. <c>default</c> takes them as they are, in floating point.</summary>
/// <param name="Bits">Bits per activation code: 4 or 8, or 0 for floating point.</param>
/// <param name="GroupSize">Columns that share an activation scale, 32, 64 or 128 and no fewer than the weights' group size; 0 for one scale per token.</param>
/// <param name="ClipPercent">The part of the range that is represented, 1 to 100 percent; 0 where <paramref name="Bits"/> is 0.</param>
/// <param name="RotationBlock">Columns of a block of the Hadamard rotation, 32, 64 or 128, a divisor of the matrix's columns; 0 without rotation.</param>
public readonly record struct PackedActivations(int Bits, int GroupSize = 0, int ClipPercent = 0, int RotationBlock = 0);
