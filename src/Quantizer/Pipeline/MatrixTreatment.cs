using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>How one tensor is stored.</summary>
/// <param name="Groups">The group quantization; null keeps the tensor as plain floats.</param>
/// <param name="Solver">How group parameters are found where there is no compensator.</param>
/// <param name="RequestedRank">The compensator's rank as asked for.</param>
/// <param name="Rank">The rank used: never more than the matrix's smaller side.</param>
internal sealed record MatrixTreatment(GroupScheme? Groups, GroupSolver Solver, int RequestedRank, int Rank)
{
    /// <summary>Decides by the tensor's role. Norms, routers and biases stay floats: they are small, and routing is sensitive to them.</summary>
    public static MatrixTreatment For(PlannedTensor tensor, QuantizationOptions options) => tensor.Role switch
    {
        TensorRole.DenseLinear => Compensated(tensor, options, options.DenseRank),
        TensorRole.ExpertLinear => Compensated(tensor, options, options.SparseRank),
        TensorRole.Embedding or TensorRole.Head => new(new(options.EmbeddingBits, options.GroupSize), GroupSolver.RoundToNearest, 0, 0),
        _ => new(null, GroupSolver.RoundToNearest, 0, 0),
    };

    private static MatrixTreatment Compensated(PlannedTensor tensor, QuantizationOptions options, int rank) =>
        new(new(options.Scheme.WeightBits, options.GroupSize), GroupSolver.Hqq, rank, Math.Min(rank, Math.Min(tensor.Rows, tensor.Columns)));
}
