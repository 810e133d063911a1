using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Estimates what many recipes would do to one matrix, at the cost of about one truncated SVD instead of quantizing with each.</summary>
/// <remarks>
/// Rounding to steps of s adds an error of variance s² / 12 per weight (Widrow and Kollár, Quantization Noise, 2008). Where error feedback is used, d of a column is what the columns after it
/// cannot make up for (the diagonal of the covariance's factorisation), otherwise its inputs' mean square. A compensator helps in two ways: some of its
/// ranks take dominant directions out of W, which narrows the groups; the others take the largest directions out of the rounding error, which is close to white, so that their energy follows from
/// the shape alone. The best split counts.
/// </remarks>
internal static class RecipeErrors
{
    private const ulong Seed = 0x42756467;

    /// <summary>Estimated errors Σ d · ‖column of W − Ŵ‖² of recipes, in their order.</summary>
    /// <param name="weights">W [N, K].</param>
    /// <param name="columnWeights">d [K].</param>
    /// <param name="recipes">The recipes; ranks are at most the matrix's smaller side.</param>
    /// <param name="backend">The arithmetic.</param>
    public static double[] Estimate(FloatMatrix weights, ReadOnlySpan<float> columnWeights, IReadOnlyList<MatrixRecipe> recipes, INumericBackend backend)
    {
        (int Rank, GroupRanges Ranges)[] narrowed = Narrow(weights, [.. recipes.Select(recipe => recipe.Rank).Where(rank => rank > 0).Distinct().Order()], backend);
        double[] errors = new double[recipes.Count];
        for (int i = 0; i < errors.Length; i++)
        {
            errors[i] = double.PositiveInfinity;
            foreach ((int rank, GroupRanges ranges) in narrowed)
                if (rank <= recipes[i].Rank)
                    errors[i] = Math.Min(errors[i], ranges.RoundingError(recipes[i].Groups, columnWeights) * (1 - WhiteShare(weights.Rows, weights.Columns, recipes[i].Rank - rank)));
        }

        return errors;
    }

    /// <summary>The ranges of W without its leading directions, for each number of them, none included.</summary>
    private static (int Rank, GroupRanges Ranges)[] Narrow(FloatMatrix weights, int[] ranks, INumericBackend backend)
    {
        if (ranks.Length == 0)
            return [(0, new(weights))];
        using LowRankFactors factors = new(weights.Rows, weights.Columns, ranks[^1]);
        using (ILowRankApproximator approximator = backend.CreateApproximator(weights.Rows, weights.Columns, ranks[^1], Seed))
            approximator.Approximate(weights, factors);
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        return [(0, new(weights)), .. ranks.Select(rank => (rank, Narrow(weights, factors, rank, rest, backend)))];
    }

    private static GroupRanges Narrow(FloatMatrix weights, LowRankFactors factors, int rank, FloatMatrix rest, INumericBackend backend)
    {
        using LowRankFactors leading = Leading(factors, rank);
        rest.CopyFrom(weights);
        backend.SubtractProduct(leading, rest);
        return new(rest);
    }

    /// <summary>
    /// The share of a white matrix's energy in its r largest directions. The largest one has (√N + √K)² times the variance, the edge of the spectrum (Marchenko and Pastur 1967); from there the
    /// rest falls as a power of the directions that are left.
    /// </summary>
    internal static double WhiteShare(int rows, int columns, int rank)
    {
        double edge = Math.Sqrt(rows) + Math.Sqrt(columns);
        return 1 - Math.Pow(1 - (double)rank / Math.Min(rows, columns), edge * edge / Math.Max(rows, columns));
    }

    private static LowRankFactors Leading(LowRankFactors factors, int rank)
    {
        LowRankFactors leading = new(factors.Output.Rows, factors.Input.Columns, rank);
        for (int i = 0; i < rank; i++)
            factors.Input.Row(i).CopyTo(leading.Input.Row(i));
        for (int row = 0; row < factors.Output.Rows; row++)
            factors.Output.Row(row)[..rank].CopyTo(leading.Output.Row(row));
        return leading;
    }
}
