using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>The heavy arithmetic by libtorch, in single precision except where the managed one uses double.</summary>
/// <remarks>
/// Quantization with error feedback stays managed: each column waits for the codes of those before it, and what a device would gain in its products it would lose in some hundred thousand small launches.
/// </remarks>
/// <param name="device">Where tensors live.</param>
/// <param name="name">The device's name on the command line.</param>
internal sealed class TorchBackend(Device device, string name) : INumericBackend
{
    public string Device { get; } = $"{name} {__version__}";

    public void AddProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Multiply(a, b, c, transposed: false, sign: 1);

    public void SubtractProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Multiply(a, b, c, transposed: false, sign: -1);

    public void AddTransposedProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c) => Multiply(a, b, c, transposed: true, sign: 1);

    public void AddGram(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, int firstColumn, DoubleMatrix gram)
    {
        using GramSum sum = new(rows, gram, firstColumn, device);
        sum.Add(selected, weights);
    }

    public bool TryFactor(DoubleMatrix matrix)
    {
        if (matrix.Rows != matrix.Columns)
            throw new ArgumentException($"A {matrix.Rows} x {matrix.Columns} matrix is not square.", nameof(matrix));
        return DeviceMemory.Use(() =>
        {
            // Only the lower triangle counts, and not every solver behind this call leaves what is above unread.
            Tensor lower = TensorTransfer.Upload(matrix, device).tril();
            (Tensor factor, Tensor info) = linalg.cholesky_ex(lower.Plus(lower.tril(-1).t()));
            if (info.cpu().item<int>() != 0 || !factor.isfinite().all().cpu().item<bool>())
                return false;
            TensorTransfer.Download(factor, matrix);
            return true;
        });
    }

    public void SolveCovariance(FloatMatrix matrix, CovarianceFactor factor) => DeviceMemory.Use(() => TorchCovarianceSolver.Solve(matrix, factor, device));

    public ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed) => new TorchTruncatedSvd(rows, columns, rank, seed, device);

    public void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized) =>
        DeviceMemory.Use(() => TorchGroupQuantizer.Quantize(weights, scheme, solver, result, dequantized, device));

    public void QuantizeWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme) =>
        ManagedBackend.Instance.QuantizeWithFeedback(weights, factor, result, dequantized, scheme);

    public void ImproveWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups groups, FloatMatrix? dequantized) =>
        ManagedBackend.Instance.ImproveWithFeedback(weights, factor, groups, dequantized);

    private void Multiply(FloatMatrix a, FloatMatrix b, FloatMatrix c, bool transposed, int sign)
    {
        (int rows, int inner) = transposed ? (a.Columns, a.Rows) : (a.Rows, a.Columns);
        if (inner != b.Rows || rows != c.Rows || b.Columns != c.Columns)
            throw new ArgumentException($"{rows} x {inner} times {b.Rows} x {b.Columns} does not give {c.Rows} x {c.Columns}.", nameof(c));
        DeviceMemory.Use(() =>
        {
            Tensor left = TensorTransfer.Upload(a, device), right = TensorTransfer.Upload(b, device), sum = TensorTransfer.Upload(c, device);
            TensorTransfer.Download(sum.addmm(transposed ? left.t() : left, right, beta: 1, alpha: sign), c);
        });
    }
}
