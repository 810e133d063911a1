using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.MiLo;

/// <summary>Quantizes one matrix with a low-rank compensator (MiLo, arXiv 2504.02658). Needs no calibration data.</summary>
internal static class MiLoQuantizer
{
    /// <summary>Runs the loop, stores the factors, and quantizes once more what the stored factors leave.</summary>
    /// <param name="weights">W [N, K]; finite, magnitudes within fp16.</param>
    /// <param name="scheme">How Q is stored.</param>
    /// <param name="options">Rank and stop rule.</param>
    /// <param name="backend">The arithmetic.</param>
    /// <param name="cancellationToken">Looked at between iterations.</param>
    public static MiLoResult Quantize(FloatMatrix weights, GroupScheme scheme, MiLoOptions options, INumericBackend backend, CancellationToken cancellationToken)
    {
        QuantizedGroups groups = new(weights.Rows, weights.Columns, scheme);
        double norm = DoubleSums.SquaredNorm(weights);
        if (options.Rank == 0)
        {
            double error = QuantizeRest(weights, scheme, groups, backend);
            return new(groups, [], [], norm, error, error, 0);
        }

        using LowRankFactors factors = new(weights.Rows, weights.Columns, options.Rank);
        (double plain, IReadOnlyList<double> iterates) = MiLoLoop.Run(weights, scheme, options, factors, backend, cancellationToken);
        byte[] input = FactorCodec.StoreInput(factors, options.CompensatorBits), output = FactorCodec.StoreOutput(factors, options.CompensatorBits);

        // The factors are now what a reader of the file will see; the weights make up for their rounding as far as they can.
        using FloatMatrix rest = new(weights.Rows, weights.Columns);
        rest.CopyFrom(weights);
        backend.SubtractProduct(factors, rest);
        double final = QuantizeRest(rest, scheme, groups, backend);
        return new(groups, input, output, norm, plain, final, iterates.Count);
    }

    private static double QuantizeRest(FloatMatrix rest, GroupScheme scheme, QuantizedGroups groups, INumericBackend backend)
    {
        using FloatMatrix dequantized = new(rest.Rows, rest.Columns);
        backend.QuantizeGroups(rest, scheme, GroupSolver.Hqq, groups, dequantized);
        return DoubleSums.SquaredDistance(rest, dequantized);
    }
}
