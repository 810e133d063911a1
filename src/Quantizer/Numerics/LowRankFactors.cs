namespace MoEQuant.Quantizer.Numerics;

/// <summary>A rank-r term U·V: <see cref="Output"/> is U [N, r], <see cref="Input"/> is V [r, K].</summary>
internal sealed class LowRankFactors(int rows, int columns, int rank) : IDisposable
{
    public int Rank { get; } = rank;

    public FloatMatrix Output { get; } = new(rows, rank);

    public FloatMatrix Input { get; } = new(rank, columns);

    public void CopyFrom(LowRankFactors source)
    {
        Output.CopyFrom(source.Output);
        Input.CopyFrom(source.Input);
    }

    public void Dispose()
    {
        Output.Dispose();
        Input.Dispose();
    }
}
