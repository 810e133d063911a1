namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>A matrix by name and the ways to store it.</summary>
internal sealed record StoredChoices(string Tensor, RecipeCandidate[] Candidates);
