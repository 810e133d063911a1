using MoEQuant.Format;
using MoEQuant.Kernels;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Benchmarks;

/// <summary>How the matrices of a synthetic model are stored: as <c>quantize</c> would store them with the same options.</summary>
/// <param name="Scheme">Bits of weights and activations.</param>
/// <param name="GroupSize">Columns that share a scale.</param>
/// <param name="DenseRank">Compensator rank of matrices that every token uses.</param>
/// <param name="SparseRank">Compensator rank of routed experts.</param>
internal sealed record SyntheticFormat(QuantizationScheme Scheme, int GroupSize = 64, int DenseRank = QuantizationOptions.DefaultDenseRank, int SparseRank = QuantizationOptions.DefaultSparseRank)
{
    private const int EmbeddingBits = 8;
    private const int FactorBits = 8;

    /// <summary>Whether a tensor is a packed matrix; the others are plain floats.</summary>
    public static bool IsPacked(PlannedTensor tensor) => !tensor.IsVector && tensor.Role != TensorRole.Router;

    /// <summary>The layout of a matrix's weights.</summary>
    public PackedShape Weights(PlannedTensor tensor) => new(tensor.Rows, tensor.Columns, IsLayerMatrix(tensor) ? Scheme.WeightBits : EmbeddingBits, GroupSize);

    /// <summary>The layouts of a matrix's factors V and U; null without a compensator.</summary>
    public (FactorShape Input, FactorShape Output)? Factors(PlannedTensor tensor)
    {
        int rank = tensor.Role switch { TensorRole.DenseLinear => DenseRank, TensorRole.ExpertLinear => SparseRank, _ => 0 };
        rank = Math.Min(rank, Math.Min(tensor.Rows, tensor.Columns));
        return rank == 0 ? null : (new(rank, tensor.Columns, FactorBits), new(rank, tensor.Rows, FactorBits));
    }

    /// <summary>The matrix's entry in the matrix table.</summary>
    public PackedMatrixRecord Record(PlannedTensor tensor)
    {
        PackedShape weights = Weights(tensor);
        bool quantizes = Scheme.QuantizesActivations && IsLayerMatrix(tensor);
        PackedActivations activations = quantizes ? new(Scheme.ActivationBits, QuantizationOptions.DefaultActivationGroupSize, ClipPercent: 100) : default;
        return Factors(tensor) is var (input, output)
            ? new(0, tensor.Rows, tensor.Columns, weights.Bits, FactorBits, GroupSize, false, PackedMatrixRecord.Tile16Layout, input.Rank, weights.TotalBytes, input.TotalBytes, output.TotalBytes, activations)
            : new(0, tensor.Rows, tensor.Columns, weights.Bits, 0, GroupSize, false, PackedMatrixRecord.Tile16Layout, 0, weights.TotalBytes, 0, 0, activations);
    }

    private static bool IsLayerMatrix(PlannedTensor tensor) => tensor.Role is TensorRole.DenseLinear or TensorRole.ExpertLinear;
}
