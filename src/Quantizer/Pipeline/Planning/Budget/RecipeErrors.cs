using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Pipeline.Planning.Budget;

/// <summary>Estimates what many recipes would do to one matrix, at the cost of about one truncated SVD instead of quantizing with each.</summary>
/// <remarks>
/// Rounding to steps of s adds an error of variance s² / 12 per weight (Widrow and Kollár, Quantization Noise, 2008). Where error feedback is used, d of a column is what the columns after it
/// cannot make up for (the diagonal of the covariance's factorisation), otherwise its inputs' mean square. A compensator helps in the better of two ways: it takes dominant directions out of
/// W, which narrows the groups; or it takes the largest directions out of the rounding error, which is close to white, so that the r largest of its singular values follow from the shape alone.
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
        double[] errors = new double[recipes.Count];
        GroupRanges plain = new(weights);
        for (int i = 0; i < errors.Length; i++)
            errors[i] = plain.RoundingError(recipes[i].Groups, columnWeights) * (1 - WhiteShare(weights.Rows, weights.Columns, recipes[i].Rank));
        int[] ranks = [.. recipes.Select(recipe => recipe.Rank).Where(rank => rank > 0).Distinct().Order()];
        if (ranks.Length == 0)
            return errors;

        using LowRankFactors factors = new(weights.Rows, weights.Columns, ranks[^1]);
        using (ILowRankApproximator approximator = backend.CreateApproximator(weights.Rows, weights.Columns, ranks[^1], Seed))
            approximator.Approximate(weights, factors);
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        foreach (int rank in ranks)
        {
            using LowRankFactors leading = Leading(factors, rank);
            rest.CopyFrom(weights);
            backend.SubtractProduct(leading, rest);
            GroupRanges narrowed = new(rest);
            for (int i = 0; i < errors.Length; i++)
                if (recipes[i].Rank == rank)
                    errors[i] = Math.Min(errors[i], narrowed.RoundingError(recipes[i].Groups, columnWeights));
        }

        return errors;
    }

    /// <summary>The share of a white matrix's energy in its r largest directions, each (√N + √K)² at the edge of the spectrum (Marchenko and Pastur 1967), falling to the mean at full rank.</summary>
    internal static double WhiteShare(int rows, int columns, int rank)
    {
        double edge = Math.Sqrt(rows) + Math.Sqrt(columns), side = Math.Min(rows, columns), mean = Math.Max(rows, columns);
        double filled = rank / side;
        return rank * (edge * edge * (1 - filled) + mean * filled) / (rows * (double)columns);
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
