using MoEQuant.Quantizer.Algorithms.Hqq;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>The arithmetic in vectorised C#: the same bits on every machine.</summary>
internal sealed class ManagedBackend : INumericBackend
{
    public static ManagedBackend Instance { get; } = new();

    public void SubtractProduct(LowRankFactors factors, FloatMatrix target) => MatrixProduct.Subtract(factors.Output, factors.Input, target);

    public ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed) => new TruncatedSvd(rows, columns, rank, seed);

    public void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized) =>
        GroupQuantizer.Quantize(weights, scheme, solver, result, dequantized);
}
