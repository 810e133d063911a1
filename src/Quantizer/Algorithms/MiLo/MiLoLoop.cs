using System.Numerics.Tensors;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>The alternation of MiLo (arXiv 2504.02658): W ≈ Q(W − U·V) + U·V.</summary>
internal static class MiLoLoop
{
    /// <summary>Finds the factors with the lowest ‖W − Ŵ − U·V‖ seen on the way.</summary>
    /// <param name="weights">W [N, K].</param>
    /// <param name="scheme">How W − U·V is quantized.</param>
    /// <param name="options">Rank ≥ 1 and the stop rule.</param>
    /// <param name="best">Receives U and V.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Looked at before each iteration.</param>
    /// <returns>Squared Frobenius errors: of plain quantization and of each iterate.</returns>
    public static (double Plain, IReadOnlyList<double> Iterates) Run(
        FloatMatrix weights, GroupScheme scheme, MiLoOptions options, LowRankFactors best, INumericBackend backend, CancellationToken cancellationToken)
    {
        using FloatMatrix target = new(weights.Rows, weights.Columns), residual = new(weights.Rows, weights.Columns);
        using LowRankFactors factors = new(weights.Rows, weights.Columns, options.Rank);
        using ILowRankApproximator approximator = backend.CreateApproximator(weights.Rows, weights.Columns, options.Rank, options.Seed);
        List<double> errors = [];
        double plain = 0, lowest = double.PositiveInfinity;
        for (int iteration = 0; iteration < options.MaxIterations && !HasSettled(errors, options); iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            target.CopyFrom(weights);
            if (iteration > 0)
                backend.SubtractProduct(factors, target);
            backend.QuantizeGroups(target, scheme, GroupSolver.Hqq, result: null, residual);
            SubtractFrom(weights, residual);
            double quantizationError = DoubleSums.SquaredNorm(residual);
            if (iteration == 0)
                plain = quantizationError;

            // U·V is the projection of the residual onto a subspace: what remains follows from Pythagoras.
            double error = Math.Max(quantizationError - approximator.Approximate(residual, factors), 0);
            errors.Add(error);
            if (error >= lowest)
                continue;
            lowest = error;
            best.CopyFrom(factors);
        }

        return (plain, errors);
    }

    /// <summary>Whether the lowest error fell by less than the tolerance within the last window.</summary>
    internal static bool HasSettled(IReadOnlyList<double> errors, MiLoOptions options)
    {
        int before = errors.Count - options.Window;
        if (before <= 0)
            return false;
        double earlier = errors.Take(before).Min(), recent = errors.Skip(before).Min();
        // The errors are squares: their relative change is twice that of the norm.
        return recent > earlier * (1 - 2 * options.Tolerance);
    }

    /// <summary>y ← x − y.</summary>
    private static void SubtractFrom(FloatMatrix x, FloatMatrix y)
    {
        for (int row = 0; row < x.Rows; row++)
        {
            ReadOnlySpan<float> from = x.Row(row);
            Span<float> values = y.Row(row);
            TensorPrimitives.Subtract(from, values, values);
        }
    }
}
