using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Algorithms.Feedback;
using MoEQuant.Quantizer.Algorithms.Hqq;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>The arithmetic in vectorised C#: the same bits on every machine.</summary>
internal sealed class ManagedBackend : INumericBackend
{
    public static ManagedBackend Instance { get; } = new();

    public string Device => DeviceNames.Managed;

    public void SubtractProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => MatrixProduct.Subtract(a, b, c);

    public void AddProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => MatrixProduct.Add(a, b, c);

    public void AddTransposedProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => MatrixProduct.AddTransposed(a, b, c);

    public void SolveCovariance(FloatMatrix matrix, CovarianceFactor factor) => CovarianceSolver.Solve(matrix, factor);

    public void AddGram(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, int firstColumn, DoubleMatrix gram) =>
        GramProduct.Add(rows, selected, weights, firstColumn, gram);

    public bool TryFactor(DoubleMatrix matrix) => Cholesky.TryFactor(matrix);

    public ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed) => new TruncatedSvd(rows, columns, rank, seed);

    public void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized) =>
        GroupQuantizer.Quantize(weights, scheme, solver, result, dequantized);

    public void QuantizeWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme) =>
        FeedbackQuantizer.Quantize(weights, factor, result, dequantized, scheme);

    public void ImproveWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups groups, FloatMatrix? dequantized) =>
        FeedbackQuantizer.Improve(weights, factor, groups, dequantized);
}
