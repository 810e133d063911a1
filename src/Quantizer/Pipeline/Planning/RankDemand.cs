using MoEQuant.Kernels;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>One matrix that wants rank.</summary>
/// <param name="Weight">How much it wants compared with others; 0 or more.</param>
/// <param name="BytesPerRank">What a rank costs.</param>
/// <param name="LargestRank">The most it can have.</param>
internal readonly record struct RankDemand(double Weight, long BytesPerRank, int LargestRank)
{
    public static RankDemand Of(PlannedTensor tensor, double weight, int compensatorBits) => new(weight,
        new FactorShape(1, tensor.Columns, compensatorBits).TotalBytes + new FactorShape(1, tensor.Rows, compensatorBits).TotalBytes, Math.Min(tensor.Rows, tensor.Columns));
}
