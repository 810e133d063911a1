using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Plans bits and ranks of all linear matrices together, within a budget.</summary>
internal static class BudgetPlanner
{
    /// <summary>How far below the target a plan may stay.</summary>
    public const double Tolerance = 0.005;

    /// <summary>Allocates and turns the result into a plan.</summary>
    /// <param name="options">The target, or the ranks whose bytes are the budget.</param>
    /// <param name="choices">Every linear matrix with its candidates.</param>
    /// <exception cref="MoEQuantException">MOEQ2048: the target is out of reach.</exception>
    public static QuantizationPlan Plan(QuantizationOptions options, IReadOnlyList<MatrixChoices> choices)
    {
        long weights = choices.Sum(choice => choice.Tensor.ElementCount);
        long least = BudgetAllocator.LeastBytes(choices), most = BudgetAllocator.MostBytes(choices);
        long budget = options.TargetBitsPerWeight is { } bits ? (long)(bits / 8 * weights) : UniformBytes(options, choices);
        if (budget < least || budget * (1 - Tolerance) > most)
            throw new MoEQuantException(PlanningDiagnostics.TargetUnreachable, string.Create(CultureInfo.InvariantCulture,
                $"The target is {budget * 8.0 / weights:F3} bits per weight; reachable are {least * 8.0 / weights:F3} to {most * 8.0 / weights:F3}."));
        RecipeCandidate[] chosen = BudgetAllocator.Allocate(choices, budget);
        return new(options, choices.Zip(chosen).ToDictionary(pair => pair.First.Tensor.Name, pair => new MatrixTreatment(pair.Second.Recipe, pair.Second.Recipe.Rank)));
    }

    private static long UniformBytes(QuantizationOptions options, IReadOnlyList<MatrixChoices> choices) => choices.Sum(choice =>
    {
        int rank = choice.Tensor.Role == TensorRole.DenseLinear ? options.DenseRank : options.SparseRank;
        rank = Math.Min(rank, Math.Min(choice.Tensor.Rows, choice.Tensor.Columns));
        return RecipeCatalog.Bytes(choice.Tensor, new(new(options.Scheme.WeightBits, options.GroupSize, options.Symmetric), RoundingMethod.Hqq, rank, options.CompensatorBits));
    });
}
