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

    /// <summary>A copy of the first <paramref name="count"/> ranks.</summary>
    public LowRankFactors Leading(int count)
    {
        LowRankFactors leading = new(Output.Rows, Input.Columns, count);
        for (int i = 0; i < count; i++)
            Input.Row(i).CopyTo(leading.Input.Row(i));
        for (int row = 0; row < Output.Rows; row++)
            Output.Row(row)[..count].CopyTo(leading.Output.Row(row));
        return leading;
    }

    public void Dispose()
    {
        Output.Dispose();
        Input.Dispose();
    }
}
