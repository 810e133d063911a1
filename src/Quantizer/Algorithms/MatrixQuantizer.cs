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
        QuantizedGroups groups = new(weights.Rows, weights.Columns, recipe.Groups);
        using FloatMatrix rest = new(weights.Rows, weights.Columns), dequantized = new(weights.Rows, weights.Columns);
        rest.CopyFrom(weights);
        bool feedback = recipe.Rounding == RoundingMethod.ErrorFeedback && covariance is not null;
        if (feedback)
            CorrectDrift(rest, covariance!, recipe, backend);
        using FloatMatrix target = new(weights.Rows, weights.Columns);
        target.CopyFrom(rest);
        byte[] input = [], output = [];
        double? plain = null;
        int iterations = 0;
        if (recipe.Rank > 0)
        {
            using LowRankFactors factors = new(weights.Rows, weights.Columns, recipe.Rank);
            (plain, IReadOnlyList<double> iterates) = MiLoLoop.Run(target, recipe.Groups, new(recipe.Rank, recipe.CompensatorBits), factors, backend, cancellationToken);
            iterations = iterates.Count;
            input = FactorCodec.StoreInput(factors, recipe.CompensatorBits);
            output = FactorCodec.StoreOutput(factors, recipe.CompensatorBits);
            // The factors are now what a reader of the file will see; the weights make up for their rounding as far as they can.
            backend.SubtractProduct(factors, rest);
        }

        QuantizeRest(rest, feedback ? covariance : null, recipe, groups, dequantized, backend);
        // What the stored factors give is what was subtracted: rest − Ŵ is the whole error against the target.
        Subtract(rest, dequantized, dequantized);
        double outputError = covariance?.OutputNorm(dequantized, backend) ?? 0, final = DoubleSums.SquaredNorm(dequantized);
        if (covariance?.Drift is not null && feedback)
        {
            Subtract(target, weights, rest);
            Subtract(dequantized, rest, dequantized);
            final = DoubleSums.SquaredNorm(dequantized);
        }

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

    /// <summary>The weights that are best for the inputs as they are, where these have moved away from those of the original network.</summary>
    private static void CorrectDrift(FloatMatrix weights, InputCovariance covariance, MatrixRecipe recipe, INumericBackend backend)
    {
        if (covariance.Drift is not { } drift)
            return;
        for (int block = 0; block < covariance.BlockCount; block++)
            DriftCorrection.Apply(weights, drift, covariance.Factor(block, recipe.Groups.GroupSize, backend), backend);
    }

    private static void Subtract(FloatMatrix a, FloatMatrix b, FloatMatrix result)
    {
        for (int row = 0; row < a.Rows; row++)
            TensorPrimitives.Subtract(a.Row(row), b.Row(row), result.Row(row));
    }

    private static void QuantizeRest(FloatMatrix rest, InputCovariance? covariance, MatrixRecipe recipe, QuantizedGroups groups, FloatMatrix dequantized, INumericBackend backend)
    {
        if (covariance is not null)
            for (int block = 0; block < covariance.BlockCount; block++)
                backend.QuantizeWithFeedback(rest, covariance.Factor(block, recipe.Groups.GroupSize, backend), groups, dequantized, recipe.Groups);
        else
            backend.QuantizeGroups(rest, recipe.Groups, recipe.Rounding == RoundingMethod.Nearest ? GroupSolver.RoundToNearest : GroupSolver.Hqq, groups, dequantized);
    }
}
