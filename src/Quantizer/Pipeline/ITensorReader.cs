using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>Reads unquantized weights as floats. Safe for concurrent calls.</summary>
public interface ITensorReader
{
    /// <summary>Reads consecutive rows, all finite.</summary>
    /// <param name="tensor">The tensor; a vector has one row.</param>
    /// <param name="firstRow">The first row.</param>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="destination">Receives rowCount × columns values, row-major; exactly that long.</param>
    /// <exception cref="Format.Diagnostics.MoEQuantException">The tensor is damaged: MOEQ1042 for NaN and infinity.</exception>
    void ReadRows(PlannedTensor tensor, int firstRow, int rowCount, Span<float> destination);

    /// <summary>A matrix as kernels read it, where it lies in memory that they can read; null where <see cref="ReadRows"/> is the only way.</summary>
    LinearWeights? Map(PlannedTensor tensor) => null;

    /// <summary>Says that a tensor will not be read soon, so that memory need not hold it. It may be read again.</summary>
    void Release(PlannedTensor tensor)
    {
    }
}
