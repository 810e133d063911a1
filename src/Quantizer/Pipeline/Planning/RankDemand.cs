using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>One matrix that wants rank.</summary>
/// <param name="Weight">How much it wants compared with others; 0 or more.</param>
/// <param name="BytesPerRank">What a rank costs.</param>
/// <param name="LargestRank">The most it can have.</param>
internal readonly record struct RankDemand(double Weight, long BytesPerRank, int LargestRank)
{
    public static RankDemand Of(PlannedTensor tensor, double weight, int compensatorBits) =>
        new(weight, CompensatorBytes(tensor, 1, compensatorBits), Math.Min(tensor.Rows, tensor.Columns));

    /// <summary>Bytes of a compensator, without padding.</summary>
    public static long CompensatorBytes(PlannedTensor tensor, int rank, int bits) =>
        rank == 0 ? 0 : new FactorShape(rank, tensor.Columns, bits).TotalBytes + new FactorShape(rank, tensor.Rows, bits).TotalBytes;
}
