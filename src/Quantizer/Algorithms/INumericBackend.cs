using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms;

/// <summary>The heavy arithmetic of the algorithms, so that another engine can take it over. Implementations are safe for concurrent calls on different matrices.</summary>
internal interface INumericBackend
{
    /// <summary><paramref name="target"/> −= U·V.</summary>
    void SubtractProduct(LowRankFactors factors, FloatMatrix target);

    /// <summary>Prepares best rank-r approximations of a sequence of similar matrices.</summary>
    ILowRankApproximator CreateApproximator(int rows, int columns, int rank, ulong seed);

    /// <summary>Quantizes every group of a matrix; fills whichever of the result and the dequantized weights is wanted.</summary>
    void QuantizeGroups(FloatMatrix weights, GroupScheme scheme, GroupSolver solver, QuantizedGroups? result, FloatMatrix? dequantized);
}
