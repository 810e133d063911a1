using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>One way to store a matrix.</summary>
/// <param name="Recipe">The recipe.</param>
/// <param name="Bytes">What it costs.</param>
/// <param name="Loss">What its error does to the model, in units that compare across matrices; smaller is better.</param>
internal readonly record struct RecipeCandidate(MatrixRecipe Recipe, long Bytes, double Loss);
