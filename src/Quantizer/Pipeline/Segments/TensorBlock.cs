using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Segments;

/// <summary>A unit of work: a whole tensor, or some rows of a large matrix without compensator (rows are quantized independently of each other).</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Treatment">How it is stored.</param>
/// <param name="FirstRow">The first row, a multiple of 16.</param>
/// <param name="RowCount">Rows of the block.</param>
internal sealed record TensorBlock(PlannedTensor Tensor, MatrixTreatment Treatment, int FirstRow, int RowCount)
{
    /// <summary>Weights of a block at most, where a tensor may be cut: some milliseconds of work and a few MB.</summary>
    private const int WeightsPerBlock = 1 << 18;

    private const int TileRows = 16;

    /// <summary>True for the last block of its tensor.</summary>
    public bool IsLast => FirstRow + RowCount == Tensor.Rows;

    /// <summary>Weights in the block.</summary>
    public long WeightCount => Tensor.IsVector ? RowCount : (long)RowCount * Tensor.Columns;

    /// <summary>Bytes that the work needs at most: four matrices of floats for the compensated loop, weights and codes otherwise.</summary>
    public long WorkingBytes => WeightCount * (Treatment.Rank > 0 ? 18 : 10);

    /// <summary>An estimate of the time it takes, in arbitrary units.</summary>
    public long Effort => WeightCount * (Treatment.Rank > 0 ? 20 + Treatment.Rank : Treatment.Recipe?.Rounding == RoundingMethod.Nearest ? 1 : 2);

    /// <summary>The blocks of a tensor in the order of its rows.</summary>
    public static IEnumerable<TensorBlock> Split(PlannedTensor tensor, MatrixTreatment treatment)
    {
        if (treatment.Recipe is null || treatment.Rank > 0)
        {
            yield return new(tensor, treatment, 0, tensor.Rows);
            yield break;
        }

        int rows = Math.Max(WeightsPerBlock / tensor.Columns / TileRows, 1) * TileRows;
        for (int first = 0; first < tensor.Rows; first += rows)
            yield return new(tensor, treatment, first, Math.Min(rows, tensor.Rows - first));
    }
}
