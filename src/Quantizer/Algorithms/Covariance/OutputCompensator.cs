using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>The rank-r term U·V that lowers tr((E − U V) H' (E − U V)ᵀ) most: rank goes where inputs are large, not where weights are.</summary>
/// <remarks>
/// With H' = R Rᵀ this is ‖E R − U V R‖²; the best U spans the leading left singular vectors of E R, and the best V for an orthonormal U is Uᵀ E. No solve with R is needed.
/// </remarks>
internal sealed class OutputCompensator : IDisposable
{
    private readonly CovarianceFactor[] _factors;
    private readonly INumericBackend _backend;
    private readonly ILowRankApproximator _approximator;
    private readonly FloatMatrix _weighted;
    private readonly LowRankFactors _leading;

    /// <param name="rows">N.</param>
    /// <param name="columns">K.</param>
    /// <param name="rank">r, at least 1.</param>
    /// <param name="seed">Of the subspace iteration.</param>
    /// <param name="factors">The factorisations of H's blocks; they stay the caller's.</param>
    /// <param name="backend">The arithmetic.</param>
    public OutputCompensator(int rows, int columns, int rank, ulong seed, CovarianceFactor[] factors, INumericBackend backend)
    {
        _factors = factors;
        _backend = backend;
        _approximator = backend.CreateApproximator(rows, columns, rank, seed);
        _weighted = new(rows, columns);
        _leading = new(rows, columns, rank);
    }

    /// <summary>Finds U and V for an error matrix.</summary>
    /// <param name="error">E [N, K].</param>
    /// <param name="result">Receives the factors; columns of U and rows of V have equal norms.</param>
    /// <returns>tr(E H' Eᵀ) − tr((E − U V) H' (E − U V)ᵀ): what the term takes away.</returns>
    public double Fit(FloatMatrix error, LowRankFactors result)
    {
        Weigh(error);
        double energy = _approximator.Approximate(_weighted, _leading);
        result.Output.CopyFrom(_leading.Output);
        Orthonormalizer.Orthonormalize(result.Output);
        result.Input.Clear();
        _backend.AddTransposedProduct(result.Output, error, result.Input);
        Balance(result);
        return energy;
    }

    /// <summary>tr(E H' Eᵀ).</summary>
    public double Measure(FloatMatrix error)
    {
        Weigh(error);
        return DoubleSums.SquaredNorm(_weighted);
    }

    public void Dispose()
    {
        _approximator.Dispose();
        _weighted.Dispose();
        _leading.Dispose();
    }

    /// <summary>E R, block by block, columns in the order of the factorisation: singular vectors on the left do not depend on it.</summary>
    private void Weigh(FloatMatrix error)
    {
        foreach (CovarianceFactor factor in _factors)
        {
            int width = factor.Order.Columns.Length;
            using FloatMatrix ordered = new(error.Rows, width), product = new(error.Rows, width);
            for (int row = 0; row < error.Rows; row++)
            {
                ReadOnlySpan<float> source = error.Row(row)[factor.FirstColumn..];
                Span<float> target = ordered.Row(row);
                for (int j = 0; j < width; j++)
                    target[j] = source[factor.Order.Columns[j]];
            }

            product.CopyFrom(ordered);
            _backend.AddProduct(ordered, factor.Feedback, product);
            for (int row = 0; row < error.Rows; row++)
            {
                Span<float> target = _weighted.Row(row).Slice(factor.FirstColumn, width);
                ReadOnlySpan<float> source = product.Row(row);
                for (int j = 0; j < width; j++)
                    target[j] = source[j] * MathF.Sqrt(factor.Weights[j]);
            }
        }
    }

    private static void Balance(LowRankFactors factors)
    {
        for (int rank = 0; rank < factors.Rank; rank++)
        {
            double norm = Math.Sqrt(DoubleSums.Dot(factors.Input.Row(rank), factors.Input.Row(rank)));
            float scale = (float)Math.Sqrt(norm);
            float inverse = scale > 0 ? 1 / scale : 0;
            foreach (ref float value in factors.Input.Row(rank))
                value *= inverse;
            for (int row = 0; row < factors.Output.Rows; row++)
                factors.Output[row, rank] *= scale;
        }
    }
}
