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
    /// <param name="source">The model.</param>
    /// <param name="options">The target, or the ranks whose bytes are the budget.</param>
    /// <param name="choices">Every linear matrix with its candidates.</param>
    /// <exception cref="MoEQuantException">MOEQ2048: the target is out of reach.</exception>
    public static QuantizationPlan Plan(QuantizationSource source, QuantizationOptions options, IReadOnlyList<MatrixChoices> choices)
    {
        long weights = choices.Sum(choice => choice.Tensor.ElementCount);
        long least = BudgetAllocator.LeastBytes(choices), most = BudgetAllocator.MostBytes(choices);
        long rest = options.TargetSize is null ? 0 : new PackedOutline(source.Plan, source.Files, options).FixedBytes;
        long budget = options.TargetSize is { } size ? size - rest : options.TargetBitsPerWeight is { } bits ? (long)(bits / 8 * weights) : UniformBytes(options, choices);
        if (budget < least || budget * (1 - Tolerance) > most)
            throw new MoEQuantException(PlanningDiagnostics.TargetUnreachable, options.TargetSize is null
                ? string.Create(CultureInfo.InvariantCulture, $"The target is {Bits(budget):F3} bits per weight; reachable are {Bits(least):F3} to {Bits(most):F3}.")
                : string.Create(CultureInfo.InvariantCulture, $"The target is {budget + rest} bytes; reachable are {least + rest} to {most + rest}."));
        RecipeCandidate[] chosen = BudgetAllocator.Allocate(choices, budget);
        return new(options, choices.Zip(chosen).ToDictionary(pair => pair.First.Tensor.Name, pair => new MatrixTreatment(pair.Second.Recipe, pair.Second.Recipe.Rank)));

        double Bits(long bytes) => bytes * 8.0 / weights;
    }

    private static long UniformBytes(QuantizationOptions options, IReadOnlyList<MatrixChoices> choices) => choices.Sum(choice =>
    {
        int rank = choice.Tensor.Role == TensorRole.DenseLinear ? options.DenseRank : options.SparseRank;
        rank = Math.Min(rank, Math.Min(choice.Tensor.Rows, choice.Tensor.Columns));
        return RecipeCatalog.Bytes(choice.Tensor, new(new(options.Scheme.WeightBits, options.GroupSize, options.Symmetric), RoundingMethod.Hqq, rank, options.CompensatorBits));
    });
}
