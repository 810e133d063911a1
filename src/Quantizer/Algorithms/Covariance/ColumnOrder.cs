namespace MoEQuant.Quantizer.Algorithms.Covariance;

/// <summary>The order in which the columns of a block are quantized: group after group, so that a group's parameters are found when its turn comes.</summary>
/// <remarks>Groups, and the columns within each, in falling order of their inputs' size: what is quantized late bears the error of what came before, and small inputs bear it cheaply.</remarks>
/// <param name="Columns">Column (within the block) of each place in the order.</param>
/// <param name="Groups">The groups in the order of their turn.</param>
internal sealed record ColumnOrder(int[] Columns, IReadOnlyList<OrderedGroup> Groups)
{
    /// <summary>The order for a block of H.</summary>
    public static ColumnOrder Create(InputCovariance covariance, int block, int groupSize)
    {
        (int first, int width) = covariance.Range(block);
        float Size(int column) => covariance.Diagonal(first + column);

        // Sorting is stable: equal inputs keep their order, and the result is the same everywhere.
        int[][] groups = [.. Enumerable.Range(0, width).Chunk(groupSize).OrderByDescending(columns => columns.Average(Size))];
        List<OrderedGroup> ordered = [];
        int start = 0;
        foreach (int[] columns in groups)
        {
            ordered.Add(new((first + columns[0]) / groupSize, start, columns.Length));
            start += columns.Length;
        }

        return new([.. groups.SelectMany(columns => columns.OrderByDescending(Size))], ordered);
    }
}
