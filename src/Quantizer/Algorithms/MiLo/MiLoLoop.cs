using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>The alternation of MiLo (arXiv 2504.02658): W ≈ Q(W − U·V) + U·V.</summary>
/// <remarks>
/// The paper starts from U·V = 0, so that the compensator only ever learns the quantization error. Where W itself has dominant directions it is far better to take those out before
/// quantizing, because narrower groups have finer steps. Both starts are tried for one iteration and the better one goes on.
/// </remarks>
internal static class MiLoLoop
{
    /// <summary>Finds the factors with the lowest ‖W − Ŵ − U·V‖ seen on the way.</summary>
    /// <param name="weights">W [N, K].</param>
    /// <param name="scheme">How W − U·V is quantized.</param>
    /// <param name="options">Rank ≥ 1 and the stop rule.</param>
    /// <param name="best">Receives U and V.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Looked at before each iteration.</param>
    /// <returns>Squared Frobenius errors: of plain quantization, and of each iterate from the start that was chosen.</returns>
    public static (double Plain, IReadOnlyList<double> Iterates) Run(
        FloatMatrix weights, GroupScheme scheme, MiLoOptions options, LowRankFactors best, INumericBackend backend, CancellationToken cancellationToken)
    {
        using FloatMatrix target = new(weights.Rows, weights.Columns), residual = new(weights.Rows, weights.Columns);
        using MiLoTrack fromZero = new(weights, scheme, options, fromWeights: false, backend), fromWeights = new(weights, scheme, options, fromWeights: true, backend);
        cancellationToken.ThrowIfCancellationRequested();
        double plain = fromZero.Step(target, residual);
        cancellationToken.ThrowIfCancellationRequested();
        fromWeights.Step(target, residual);

        MiLoTrack track = fromWeights.Errors[0] < fromZero.Errors[0] ? fromWeights : fromZero;
        while (track.Errors.Count < options.MaxIterations && !HasSettled(track.Errors, options))
        {
            cancellationToken.ThrowIfCancellationRequested();
            track.Step(target, residual);
        }

        best.CopyFrom(track.Best);
        return (plain, track.Errors);
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
}
