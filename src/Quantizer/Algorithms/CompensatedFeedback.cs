using System.Numerics.Tensors;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>MiLo's alternation (arXiv 2504.02658) with the inputs' covariance in both halves: codes by error feedback, the low-rank term fitted to the outputs' error.</summary>
/// <remarks>
/// As in the loop without calibration, two starts are tried: no compensator, and the leading directions of W (weighted by the inputs), which narrow the groups. Codes are found from nothing only there.
/// From then on they are improved in place: rounding W − U V anew would give errors that U V knows nothing of, and lose what it gained.
/// </remarks>
internal static class CompensatedFeedback
{
    /// <summary>Rounds after the better start: each lowers the error by some percent, falling.</summary>
    private const int Rounds = 2;

    private const ulong Seed = 0x4F757450;

    /// <summary>Finds U, V and the codes of W − U V for a target.</summary>
    /// <param name="target">W [N, K].</param>
    /// <param name="factors">The factorisations of H's blocks.</param>
    /// <param name="groups">Receives codes and parameters.</param>
    /// <param name="term">Receives U and V.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Looked at between rounds.</param>
    /// <returns>Times that U and V were fitted.</returns>
    public static int Run(FloatMatrix target, CovarianceFactor[] factors, QuantizedGroups groups, LowRankFactors term, INumericBackend backend, CancellationToken cancellationToken)
    {
        using OutputCompensator compensator = new(target.Rows, target.Columns, term.Rank, Seed, factors, backend);
        using LowRankFactors fromWeights = new(target.Rows, target.Columns, term.Rank);
        using FloatMatrix rest = new(target.Rows, target.Columns), error = new(target.Rows, target.Columns);
        QuantizedGroups other = new(target.Rows, target.Columns, groups.Scheme);

        compensator.Fit(target, fromWeights);
        double narrowed = Step(fromWeights, other, fresh: true), plain = Step(term, groups, fresh: true);
        if (narrowed < plain)
        {
            term.CopyFrom(fromWeights);
            groups.CopyFrom(other);
        }

        for (int round = 0; round < Rounds; round++)
            Step(term, groups, fresh: false);
        return Rounds + 2;

        // Q ← codes of W − U V; U V ← the best term for W − Q.
        double Step(LowRankFactors current, QuantizedGroups codes, bool fresh)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rest.CopyFrom(target);
            backend.SubtractProduct(current.Output, current.Input, rest);
            foreach (CovarianceFactor factor in factors)
                if (fresh)
                    backend.QuantizeWithFeedback(rest, factor, codes, error, codes.Scheme);
                else
                    backend.ImproveWithFeedback(rest, factor, codes, error);
            for (int row = 0; row < error.Rows; row++)
                TensorPrimitives.Subtract(target.Row(row), error.Row(row), error.Row(row));
            return compensator.Measure(error) - compensator.Fit(error, current);
        }
    }

    /// <summary>Fits the codes to what the stored compensator leaves: improves those there are, and where the factors were stored coarsely also tries new ones.</summary>
    /// <param name="rest">W − U V with the factors as stored.</param>
    /// <param name="covariance">H.</param>
    /// <param name="recipe">How the matrix is stored.</param>
    /// <param name="groups">Codes and parameters that <see cref="Run"/> left; receives the final ones.</param>
    /// <param name="dequantized">Receives Ŵ.</param>
    /// <param name="backend">The arithmetic.</param>
    public static void Finish(FloatMatrix rest, InputCovariance covariance, MatrixRecipe recipe, QuantizedGroups groups, FloatMatrix dequantized, INumericBackend backend)
    {
        foreach (CovarianceFactor factor in covariance.Factors(recipe.Groups.GroupSize, backend))
            backend.ImproveWithFeedback(rest, factor, groups, dequantized);
        if (recipe.CompensatorBits > 3)
            return;
        QuantizedGroups fresh = new(groups.Rows, groups.Columns, groups.Scheme);
        using FloatMatrix other = new(rest.Rows, rest.Columns);
        MatrixQuantizer.Round(rest, covariance, recipe, fresh, other, backend);
        if (Error(rest, other, covariance, backend) >= Error(rest, dequantized, covariance, backend))
            return;
        groups.CopyFrom(fresh);
        dequantized.CopyFrom(other);
    }

    private static double Error(FloatMatrix rest, FloatMatrix dequantized, InputCovariance covariance, INumericBackend backend)
    {
        using FloatMatrix error = new(rest.Rows, rest.Columns);
        for (int row = 0; row < error.Rows; row++)
            TensorPrimitives.Subtract(rest.Row(row), dequantized.Row(row), error.Row(row));
        return covariance.OutputNorm(error, backend);
    }
}
