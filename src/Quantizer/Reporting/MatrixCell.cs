using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting;

/// <summary>The matrices of one kind in one layer taken together: one matrix, or one per expert.</summary>
internal sealed class MatrixCell(IReadOnlyList<TensorStatistics> matrices)
{
    /// <summary>Matrices.</summary>
    public int Count => matrices.Count;

    /// <summary>‖W − Ŵ‖ / ‖W‖ over all of them.</summary>
    public double RelativeError { get; } = Relative(matrices.Sum(m => m.FinalError), matrices.Sum(m => m.SquaredNorm));

    /// <summary>Without compensators.</summary>
    public double PlainRelativeError { get; } = Relative(matrices.Sum(m => m.PlainError), matrices.Sum(m => m.SquaredNorm));

    /// <summary>‖(W − Ŵ) x‖ / ‖W x‖ over the calibration's inputs; null where none was measured.</summary>
    public double? RelativeOutputError { get; } = matrices.Any(m => m.OutputNorm > 0) ? Relative(matrices.Sum(m => m.OutputError), matrices.Sum(m => m.OutputNorm)) : null;

    /// <summary>Stored bits per weight, everything counted.</summary>
    public double BitsPerWeight { get; } = matrices.Sum(m => m.Bytes) * 8.0 / matrices.Sum(m => m.WeightCount);

    /// <summary>Mean rank of the compensators.</summary>
    public double Rank { get; } = matrices.Average(m => m.Rank);

    /// <summary>The numbers of code bits that occur, for example <c>3</c> or <c>3–4</c>.</summary>
    public string Bits { get; } = Range(matrices.Min(m => m.Bits), matrices.Max(m => m.Bits));

    /// <summary>The ranks that occur.</summary>
    public string Ranks { get; } = Range(matrices.Min(m => m.Rank), matrices.Max(m => m.Rank));

    private static double Relative(double error, double norm) => norm > 0 ? Math.Sqrt(error / norm) : 0;

    private static string Range(int least, int most) => least == most ? $"{least}" : $"{least}–{most}";
}
