using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>The tensors of one role taken together.</summary>
public sealed class ClassStatistics(TensorRole role)
{
    /// <summary>The role.</summary>
    public TensorRole Role { get; } = role;

    /// <summary>Bits of a weight code; 32 for plain floats.</summary>
    public int Bits { get; internal set; }

    /// <summary>The rank asked for.</summary>
    public int RequestedRank { get; internal set; }

    /// <summary>The largest rank used: less than asked for only where every matrix is smaller.</summary>
    public int Rank { get; internal set; }

    /// <summary>Tensors of this role.</summary>
    public int TensorCount { get; internal set; }

    /// <summary>Tensors whose rank had to be limited to their smaller side.</summary>
    public int ClampedCount { get; internal set; }

    /// <summary>Weights.</summary>
    public long WeightCount { get; internal set; }

    /// <summary>Bytes of codes, scales and zero points, or of plain floats.</summary>
    public long WeightBytes { get; internal set; }

    /// <summary>Bytes of compensators.</summary>
    public long CompensatorBytes { get; internal set; }

    /// <summary>Stored bits per weight, everything counted.</summary>
    public double BitsPerWeight => WeightCount == 0 ? 0 : (WeightBytes + CompensatorBytes) * 8.0 / WeightCount;
}
