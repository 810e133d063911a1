namespace MoEQuant.Quantizer.Algorithms;

/// <summary>How one matrix is stored.</summary>
/// <param name="Groups">Bits, group size, symmetric or not.</param>
/// <param name="Rounding">How codes are chosen.</param>
/// <param name="Rank">Rank of the low-rank compensator; 0 for none. Limited by the matrix's smaller side.</param>
/// <param name="CompensatorBits">Bits of the compensator's factors: 8 or 3; without meaning at rank 0.</param>
internal sealed record MatrixRecipe(GroupScheme Groups, RoundingMethod Rounding, int Rank = 0, int CompensatorBits = 8);
