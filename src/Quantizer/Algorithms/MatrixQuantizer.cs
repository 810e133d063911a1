using System.Numerics.Tensors;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Algorithms.MiLo;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>Stores one matrix as a recipe says.</summary>
internal static class MatrixQuantizer
{
    /// <summary>Quantizes a matrix.</summary>
    /// <param name="weights">W [N, K]; finite, magnitudes within fp16.</param>
    /// <param name="covariance">The inputs' covariance; null without calibration. It need not be of full rank.</param>
    /// <param name="recipe">How to store it.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Looked at between iterations.</param>
    public static QuantizedMatrix Quantize(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, INumericBackend backend, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        recipe = recipe with { Rank = Math.Min(recipe.Rank, Math.Min(weights.Rows, weights.Columns)) };
        using FloatMatrix? corrected = CorrectDrift(weights, covariance, recipe, backend);
        FloatMatrix target = corrected ?? weights;
        QuantizedGroups groups = new(weights.Rows, weights.Columns, recipe.Groups);
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        rest.CopyFrom(target);
        using FloatMatrix error = new(weights.Rows, weights.Columns);
        (byte[] input, byte[] output, double? plain, int iterations) = Compensate(target, covariance, recipe, groups, rest, backend, cancellationToken);
        if (recipe.Rank > 0 && recipe.Rounding == RoundingMethod.ErrorFeedback && covariance is not null)
            CompensatedFeedback.Finish(rest, covariance, recipe, groups, error, backend);
        else
            Round(rest, covariance, recipe, groups, error, backend);

        // What the stored factors give was subtracted from the target: rest − Ŵ is the whole error against it.
        Subtract(rest, error, error);
        double outputError = covariance?.OutputNorm(error, backend) ?? 0;
        if (corrected is not null)
        {
            Subtract(corrected, weights, rest);
            Subtract(error, rest, error);
        }

        double final = DoubleSums.SquaredNorm(error);
        return new(recipe, groups, input, output)
        {
            SquaredNorm = DoubleSums.SquaredNorm(weights),
            PlainError = plain ?? final,
            FinalError = final,
            OutputNorm = covariance?.OutputNorm(weights, backend) ?? 0,
            OutputError = outputError,
            Iterations = iterations,
        };
    }

    /// <summary>Quantizes without compensator.</summary>
    internal static void Round(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, QuantizedGroups? groups, FloatMatrix dequantized, INumericBackend backend)
    {
        if (recipe.Rounding == RoundingMethod.ErrorFeedback && covariance is not null)
            foreach (CovarianceFactor factor in covariance.Factors(recipe.Groups.GroupSize, backend))
                backend.QuantizeWithFeedback(weights, factor, groups, dequantized, recipe.Groups);
        else
            backend.QuantizeGroups(weights, recipe.Groups, recipe.Rounding == RoundingMethod.Nearest ? GroupSolver.RoundToNearest : GroupSolver.Hqq, groups, dequantized);
    }

    /// <summary>Finds and stores the compensator, and subtracts what the stored bytes stand for: the codes then make up for its rounding as far as they can.</summary>
    private static (byte[] Input, byte[] Output, double? Plain, int Iterations) Compensate(
        FloatMatrix target, InputCovariance? covariance, MatrixRecipe recipe, QuantizedGroups groups, FloatMatrix rest, INumericBackend backend, CancellationToken cancellationToken)
    {
        if (recipe.Rank == 0)
            return ([], [], null, 0);
        using LowRankFactors factors = new(target.Rows, target.Columns, recipe.Rank);
        double? plain = null;
        int iterations;
        if (recipe.Rounding == RoundingMethod.ErrorFeedback && covariance is not null)
            iterations = CompensatedFeedback.Run(target, covariance.Factors(recipe.Groups.GroupSize, backend), groups, factors, backend, cancellationToken);
        else
        {
            (plain, IReadOnlyList<double> iterates) = MiLoLoop.Run(target, recipe.Groups, new(recipe.Rank, recipe.CompensatorBits), factors, backend, cancellationToken);
            iterations = iterates.Count;
        }

        byte[] input = FactorCodec.StoreInput(factors, recipe.CompensatorBits), output = FactorCodec.StoreOutput(factors, recipe.CompensatorBits);
        backend.SubtractProduct(factors.Output, factors.Input, rest);
        return (input, output, plain, iterations);
    }

    /// <summary>The weights that are best for the inputs as they are, where these have moved away from those of the original network; null where that makes no difference.</summary>
    private static FloatMatrix? CorrectDrift(FloatMatrix weights, InputCovariance? covariance, MatrixRecipe recipe, INumericBackend backend)
    {
        if (recipe.Rounding != RoundingMethod.ErrorFeedback || covariance?.Drift is not { } drift)
            return null;
        FloatMatrix corrected = new(weights.Rows, weights.Columns);
        corrected.CopyFrom(weights);
        foreach (CovarianceFactor factor in covariance.Factors(recipe.Groups.GroupSize, backend))
            DriftCorrection.Apply(corrected, drift, factor, backend);
        return corrected;
    }

    private static void Subtract(FloatMatrix a, FloatMatrix b, FloatMatrix result)
    {
        for (int row = 0; row < a.Rows; row++)
            TensorPrimitives.Subtract(a.Row(row), b.Row(row), result.Row(row));
    }
}
