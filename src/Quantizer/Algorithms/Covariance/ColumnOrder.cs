namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>The order in which the columns of a block are quantized: group after group, so that a group's parameters are found when its turn comes.</summary>
/// <param name="Columns">Column (within the block) of each place in the order.</param>
/// <param name="Groups">The groups in the order of their turn.</param>
internal sealed record ColumnOrder(int[] Columns, IReadOnlyList<OrderedGroup> Groups)
{
    /// <summary>The order for a block of H.</summary>
    public static ColumnOrder Create(InputCovariance covariance, int block, int groupSize)
    {
        (int first, int width) = covariance.Range(block);
        List<OrderedGroup> groups = [];
        for (int start = 0; start < width; start += groupSize)
            groups.Add(new((first + start) / groupSize, start, Math.Min(groupSize, width - start)));
        return new([.. Enumerable.Range(0, width)], groups);
    }
}
