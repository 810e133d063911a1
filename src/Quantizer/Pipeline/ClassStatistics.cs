using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>The tensors of one role taken together.</summary>
public sealed class ClassStatistics(TensorRole role)
{
    /// <summary>The role.</summary>
    public TensorRole Role { get; } = role;

    /// <summary>The most bits of a weight code; 32 for plain floats.</summary>
    public int Bits { get; private set; }

    /// <summary>The largest rank asked for.</summary>
    public int RequestedRank { get; private set; }

    /// <summary>The largest rank used: less than asked for only where every matrix is smaller.</summary>
    public int Rank { get; private set; }

    /// <summary>Tensors of this role.</summary>
    public int TensorCount { get; private set; }

    /// <summary>Tensors whose rank had to be limited to their smaller side.</summary>
    public int ClampedCount { get; private set; }

    /// <summary>Weights.</summary>
    public long WeightCount { get; private set; }

    /// <summary>Bytes of codes, scales and zero points, or of plain floats.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Bytes of compensators.</summary>
    public long CompensatorBytes { get; private set; }

    /// <summary>Stored bits per weight, everything counted.</summary>
    public double BitsPerWeight => WeightCount == 0 ? 0 : (WeightBytes + CompensatorBytes) * 8.0 / WeightCount;

    internal void Add(TensorStatistics tensor)
    {
        Bits = Math.Max(Bits, tensor.Bits);
        RequestedRank = Math.Max(RequestedRank, tensor.RequestedRank);
        Rank = Math.Max(Rank, tensor.Rank);
        TensorCount++;
        ClampedCount += tensor.Rank < tensor.RequestedRank ? 1 : 0;
        WeightCount += tensor.WeightCount;
        WeightBytes += tensor.WeightBytes;
        CompensatorBytes += tensor.CompensatorBytes;
    }
}
