using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>One tensor as it is stored: sizes, treatment and errors.</summary>
public sealed record TensorStatistics
{
    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>What the same matrix of every layer and expert has in common, for example <c>mlp.experts.gate_proj</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>What the tensor does.</summary>
    public required TensorRole Role { get; init; }

    /// <summary>The layer, or -1.</summary>
    public int Layer { get; init; } = -1;

    /// <summary>The routed expert, or -1.</summary>
    public int Expert { get; init; } = -1;

    /// <summary>Outputs, or the length of a vector.</summary>
    public int Rows { get; init; }

    /// <summary>Inputs; 0 for a vector.</summary>
    public int Columns { get; init; }

    /// <summary>Bits of a weight code; 32 for plain floats.</summary>
    public int Bits { get; init; } = 32;

    /// <summary>Columns that share a scale; 0 for plain floats.</summary>
    public int GroupSize { get; init; }

    /// <summary>Whether there are no zero points.</summary>
    public bool Symmetric { get; init; }

    /// <summary>Rank of the compensator.</summary>
    public int Rank { get; init; }

    /// <summary>The rank asked for; more than <see cref="Rank"/> where the matrix is smaller.</summary>
    public int RequestedRank { get; init; }

    /// <summary>Bytes of codes, scales and zero points, or of plain floats; padding not counted.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Bytes of the compensator.</summary>
    public long CompensatorBytes { get; init; }

    /// <summary>‖W‖².</summary>
    public double SquaredNorm { get; init; }

    /// <summary>‖W − Ŵ‖² of group quantization without compensator.</summary>
    public double PlainError { get; init; }

    /// <summary>‖W − Ŵ‖² as stored.</summary>
    public double FinalError { get; init; }

    /// <summary>tr(W H Wᵀ) with the covariance H of the matrix's inputs; 0 without calibration.</summary>
    public double OutputNorm { get; init; }

    /// <summary>tr(D H Dᵀ) with D = W − Ŵ; 0 without calibration.</summary>
    public double OutputError { get; init; }

    /// <summary>Whether the tensor is a packed matrix.</summary>
    public bool IsPacked => Bits < 32;

    /// <summary>Weights.</summary>
    public long WeightCount => Columns == 0 ? Rows : (long)Rows * Columns;

    /// <summary>Stored bytes; padding not counted.</summary>
    public long Bytes => WeightBytes + CompensatorBytes;

    /// <summary>‖W − Ŵ‖ / ‖W‖ as stored.</summary>
    public double RelativeError => Relative(FinalError, SquaredNorm);

    /// <summary>‖(W − Ŵ) x‖ / ‖W x‖ over the calibration's inputs; null without calibration.</summary>
    public double? RelativeOutputError => OutputNorm > 0 ? Relative(OutputError, OutputNorm) : null;

    private static double Relative(double error, double norm) => norm > 0 ? Math.Sqrt(error / norm) : 0;
}
