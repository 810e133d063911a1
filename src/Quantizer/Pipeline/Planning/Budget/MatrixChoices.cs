using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>A matrix and the ways to store it, at least one.</summary>
internal sealed record MatrixChoices(PlannedTensor Tensor, IReadOnlyList<RecipeCandidate> Candidates);
