using System.Numerics.Tensors;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>What a recipe would cost in error, from a sample of the rows: rows are quantized independently of each other, so some of them tell about all.</summary>
internal static class ErrorEstimator
{
    /// <summary>Rows that are quantized; two tiles.</summary>
    private const int SampleRows = 32;

    private const ulong Seed = 0x45737469;

    /// <summary>Estimates; see <see cref="MatrixQuantizer.EstimateError"/>.</summary>
    public static double Estimate(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, INumericBackend backend)
    {
        int rank = Math.Min(recipe.Rank, Math.Min(weights.Rows, weights.Columns));
        double plain = Sample(weights, covariance, recipe, backend);
        if (rank == 0)
            return plain;

        // The other start of the compensated loop: the leading directions of the weights are taken out first.
        using LowRankFactors factors = new(weights.Rows, weights.Columns, rank);
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        rest.CopyFrom(weights);
        FitToWeights(weights, covariance, recipe, factors, backend);
        backend.SubtractProduct(factors, rest);
        return Math.Min(plain, Sample(rest, covariance, recipe, backend)) * (1 - NoiseShare(weights.Rows, weights.Columns, rank));
    }

    private static double Sample(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, INumericBackend backend)
    {
        int rows = Math.Min(SampleRows, weights.Rows);
        using FloatMatrix sample = new(rows, weights.Columns), dequantized = new(rows, weights.Columns);
        for (int i = 0; i < rows; i++)
            weights.Row((int)((long)i * weights.Rows / rows)).CopyTo(sample.Row(i));
        MatrixQuantizer.Round(sample, covariance, recipe, null, dequantized, backend);
        for (int i = 0; i < rows; i++)
            TensorPrimitives.Subtract(sample.Row(i), dequantized.Row(i), dequantized.Row(i));
        return (covariance?.OutputNorm(dequantized, backend) ?? DoubleSums.SquaredNorm(dequantized)) * weights.Rows / rows;
    }

    private static void FitToWeights(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, LowRankFactors factors, INumericBackend backend)
    {
        if (covariance is null)
        {
            using ILowRankApproximator approximator = backend.CreateApproximator(weights.Rows, weights.Columns, factors.Rank, Seed);
            approximator.Approximate(weights, factors);
            return;
        }

        using OutputCompensator compensator = new(weights.Rows, weights.Columns, factors.Rank, Seed, covariance.Factors(recipe.Groups.GroupSize, backend), backend);
        compensator.Fit(weights, factors);
    }

    /// <summary>The share of a rounding error that its r leading directions hold: the edge of the Marchenko–Pastur law, because rounding errors are nearly independent of each other.</summary>
    private static double NoiseShare(int rows, int columns, int rank) => Math.Min(rank * Math.Pow(Math.Sqrt(rows) + Math.Sqrt(columns), 2) / ((double)rows * columns), 1);
}
