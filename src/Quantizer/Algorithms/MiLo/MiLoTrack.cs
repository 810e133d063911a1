using System.Numerics.Tensors;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>One run of the alternation from one start: the current factors, the best ones, and the errors on the way.</summary>
internal sealed class MiLoTrack : IDisposable
{
    private readonly FloatMatrix _weights;
    private readonly GroupScheme _scheme;
    private readonly INumericBackend _backend;
    private readonly ILowRankApproximator _approximator;
    private readonly LowRankFactors _factors;
    private readonly List<double> _errors = [];
    private double _lowest = double.PositiveInfinity;

    /// <param name="weights">W.</param>
    /// <param name="scheme">How W − U·V is quantized.</param>
    /// <param name="options">Rank and seed.</param>
    /// <param name="fromWeights">Start from the best rank-r approximation of W; otherwise from zero.</param>
    /// <param name="backend">The arithmetic.</param>
    public MiLoTrack(FloatMatrix weights, GroupScheme scheme, MiLoOptions options, bool fromWeights, INumericBackend backend)
    {
        _weights = weights;
        _scheme = scheme;
        _backend = backend;
        _factors = new(weights.Rows, weights.Columns, options.Rank);
        Best = new(weights.Rows, weights.Columns, options.Rank);
        _approximator = backend.CreateApproximator(weights.Rows, weights.Columns, options.Rank, options.Seed);
        if (fromWeights)
            _approximator.Approximate(weights, _factors);
    }

    /// <summary>The factors of the iterate with the lowest error.</summary>
    public LowRankFactors Best { get; }

    /// <summary>‖W − Ŵ − U·V‖² of each iterate.</summary>
    public IReadOnlyList<double> Errors => _errors;

    /// <summary>One iteration: Ŵ ← Q(W − U·V), then U·V ← best approximation of W − Ŵ.</summary>
    /// <param name="target">Work space of W's shape.</param>
    /// <param name="residual">Work space of W's shape.</param>
    /// <returns>‖W − Ŵ‖², the error without the compensator's new value.</returns>
    public double Step(FloatMatrix target, FloatMatrix residual)
    {
        target.CopyFrom(_weights);
        _backend.SubtractProduct(_factors.Output, _factors.Input, target);
        _backend.QuantizeGroups(target, _scheme, GroupSolver.Hqq, result: null, residual);
        for (int row = 0; row < residual.Rows; row++)
            TensorPrimitives.Subtract(_weights.Row(row), residual.Row(row), residual.Row(row));
        double quantizationError = DoubleSums.SquaredNorm(residual);

        // U·V is the projection of the residual onto a subspace: what remains follows from Pythagoras.
        double error = Math.Max(quantizationError - _approximator.Approximate(residual, _factors), 0);
        _errors.Add(error);
        if (error < _lowest)
        {
            _lowest = error;
            Best.CopyFrom(_factors);
        }

        return quantizationError;
    }

    public void Dispose()
    {
        _approximator.Dispose();
        _factors.Dispose();
        Best.Dispose();
    }
}
