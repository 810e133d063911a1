using System.Numerics.Tensors;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>What recipes would cost in error, from a sample of the rows: rows are quantized independently of each other, so some of them tell about all.</summary>
/// <remarks>
/// A compensator helps in two ways: it takes dominant directions out of W, which narrows the groups, and the largest directions out of the rounding error, which is close to white. The first is tried
/// on the sample, with one fit for all ranks; the second follows from the shape alone.
/// </remarks>
/// <param name="weights">W [N, K].</param>
/// <param name="covariance">The inputs' covariance; null without calibration.</param>
/// <param name="measure">The error that a matrix of differences [n, K] stands for; a sum over its rows.</param>
/// <param name="backend">The arithmetic.</param>
internal sealed class ErrorEstimator(FloatMatrix weights, InputCovariance? covariance, Func<FloatMatrix, double> measure, INumericBackend backend)
{
    // With error feedback a row costs as much as many without, and the covariance evens rows out.
    private const int SampleRows = 128;
    private const int FeedbackSampleRows = 32;

    private const ulong Seed = 0x45737469;

    /// <summary>Estimated errors of recipes with one way of rounding, in their order.</summary>
    public double[] Estimate(IReadOnlyList<MatrixRecipe> recipes)
    {
        Dictionary<GroupScheme, double> plain = [];
        foreach (MatrixRecipe recipe in recipes.DistinctBy(recipe => recipe.Groups))
            plain.Add(recipe.Groups, Sample(weights, recipe));
        double[] errors = [.. recipes.Select(recipe => plain[recipe.Groups])];
        int[] ranks = [.. recipes.Select(Rank)];
        if (ranks.Max() == 0)
            return errors;

        using LowRankFactors factors = new(weights.Rows, weights.Columns, ranks.Max());
        FitToWeights(recipes[0], factors);
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        foreach (int rank in ranks.Where(rank => rank > 0).Distinct())
        {
            using LowRankFactors leading = factors.Leading(rank);
            rest.CopyFrom(weights);
            backend.SubtractProduct(leading.Output, leading.Input, rest);
            for (int i = 0; i < errors.Length; i++)
                if (ranks[i] == rank)
                    errors[i] = Math.Min(errors[i], Sample(rest, recipes[i])) * (1 - WhiteShare(weights.Rows, weights.Columns, rank));
        }

        return errors;
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

    private int Rank(MatrixRecipe recipe) => Math.Min(recipe.Rank, Math.Min(weights.Rows, weights.Columns));

    private double Sample(FloatMatrix matrix, MatrixRecipe recipe)
    {
        int rows = Math.Min(recipe.Rounding == RoundingMethod.ErrorFeedback ? FeedbackSampleRows : SampleRows, matrix.Rows);
        using FloatMatrix sample = new(rows, matrix.Columns), dequantized = new(rows, matrix.Columns);
        for (int i = 0; i < rows; i++)
            matrix.Row((int)((long)i * matrix.Rows / rows)).CopyTo(sample.Row(i));
        MatrixQuantizer.Round(sample, covariance, recipe, null, dequantized, backend);
        for (int i = 0; i < rows; i++)
            TensorPrimitives.Subtract(sample.Row(i), dequantized.Row(i), dequantized.Row(i));
        return measure(dequantized) * matrix.Rows / rows;
    }

    /// <summary>The other start of the compensated loop: the leading directions of the weights, as the recipe's way of rounding weighs them.</summary>
    private void FitToWeights(MatrixRecipe recipe, LowRankFactors factors)
    {
        if (covariance is null || recipe.Rounding != RoundingMethod.ErrorFeedback)
        {
            using ILowRankApproximator approximator = backend.CreateApproximator(weights.Rows, weights.Columns, factors.Rank, Seed);
            approximator.Approximate(weights, factors);
            return;
        }

        using OutputCompensator compensator = new(weights.Rows, weights.Columns, factors.Rank, Seed, covariance.Factors(recipe.Groups.GroupSize, backend), backend);
        compensator.Fit(weights, factors);
    }
}
