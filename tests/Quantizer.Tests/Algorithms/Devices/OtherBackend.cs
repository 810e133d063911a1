using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

/// <summary>A device of another name that computes as the managed one does, and counts what it was asked for.</summary>
internal sealed class OtherBackend(string device) : INumericBackend
{
    private static readonly INumericBackend Managed = ManagedBackend.Instance;
    private int _calls;

    public int Calls => _calls;

    public string Device => device;

    /// <summary>The device as an engine offers it.</summary>
    public NumericDevice As(string name) => new(name, () => this);

    public void AddProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Count().AddProduct(a, b, c);

    public void SubtractProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Count().SubtractProduct(a, b, c);

    public void AddTransposedProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Count().AddTransposedProduct(a, b, c);

    public void AddGram(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, int firstColumn, DoubleMatrix gram) => Count().AddGram(rows, selected, weights, firstColumn, gram);

    public bool TryFactor(DoubleMatrix matrix) => Count().TryFactor(matrix);

    public void SolveCovariance(FloatMatrix matrix, CovarianceFactor factor) => Count().SolveCovariance(matrix, factor);

    public ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed) => Count().CreateApproximator(rows, columns, rank, seed);

    public void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized) =>
        Count().QuantizeGroups(weights, scheme, solver, result, dequantized);

    public void QuantizeWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme) =>
        Count().QuantizeWithFeedback(weights, factor, result, dequantized, scheme);

    public void ImproveWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups groups, FloatMatrix? dequantized) =>
        Count().ImproveWithFeedback(weights, factor, groups, dequantized);

    private INumericBackend Count()
    {
        Interlocked.Increment(ref _calls);
        return Managed;
    }
}
