using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>The heavy arithmetic of the algorithms, so that a device can take it over: products, factorisations, and the quantization of groups in batches.</summary>
/// <remarks>
/// Implementations are safe for concurrent calls on different matrices, and equal calls give equal bits on one machine, whatever runs beside them. Matrices stay in host memory: an operation that is
/// worth a device moves its operands there. What a device does no faster may be left to <see cref="ManagedBackend"/>. docs/decisions/0036.
/// </remarks>
internal interface INumericBackend
{
    /// <summary>What computes, with the version of its library where results depend on it: a part of the fingerprint and of the quantization record.</summary>
    string Device { get; }

    /// <summary>C += A·B.</summary>
    void AddProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c);

    /// <summary>C −= A·B.</summary>
    void SubtractProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c);

    /// <summary>C += Aᵀ·B.</summary>
    void AddTransposedProduct(FloatMatrix a, FloatMatrix b, FloatMatrix c);

    /// <summary>Adds Σ w x xᵀ of some rows and columns to the upper triangle of <paramref name="gram"/>; see <see cref="GramProduct.Add"/>.</summary>
    void AddGram(FloatMatrix rows, ReadOnlySpan<int> selected, ReadOnlySpan<float> weights, int firstColumn, DoubleMatrix gram);

    /// <summary>Replaces the lower triangle of a symmetric matrix by its Cholesky factor; see <see cref="Cholesky.TryFactor"/>.</summary>
    bool TryFactor(DoubleMatrix matrix);

    /// <summary>X ← X·(H + λI)⁻¹ for rows in the order of W's columns; H as the covariance has it, λ times the mean of its diagonal.</summary>
    void SolveCovariance(FloatMatrix matrix, CovarianceFactor factor);

    /// <summary>Prepares best rank-r approximations of a sequence of similar matrices.</summary>
    ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed);

    /// <summary>Quantizes every group of a matrix; fills whichever of the result and the dequantized weights is wanted.</summary>
    void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized);

    /// <summary>Quantizes the columns of one block with error feedback; fills its part of whichever of the result and the dequantized weights is wanted.</summary>
    void QuantizeWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups? result, FloatMatrix? dequantized, GroupScheme scheme);

    /// <summary>Coordinate descent over codes, scales and zero points of one block, from those given, towards weights that may have changed since; fills its part of the dequantized weights too.</summary>
    void ImproveWithFeedback(FloatMatrix weights, CovarianceFactor factor, QuantizedGroups groups, FloatMatrix? dequantized);
}
