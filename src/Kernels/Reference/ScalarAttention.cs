namespace MoEQuant.Kernels;

/// <summary>Attention as <see cref="AttentionRows"/> says, one position at a time.</summary>
internal static unsafe class ScalarAttention
{
    /// <summary>Adds the positions of a block that a row sees.</summary>
    public static void Add(in AttentionRows rows, int row, in KeyValueBlock block)
    {
        float* query = rows.Queries + row * rows.Stride, output = rows.Outputs + row * rows.Stride;
        for (int position = rows.Firsts[row]; position < rows.Ends[row]; position++)
        {
            float score = 0;
            for (int d = 0; d < block.HeadDimension; d++)
                score += query[d] * Key(block, position, d);
            float before = rows.Maxima[row], maximum = MathF.Max(before, score);
            float factor = MathF.Exp(before - maximum), weight = MathF.Exp(score - maximum);
            rows.Maxima[row] = maximum;
            rows.Sums[row] = rows.Sums[row] * factor + weight;
            for (int d = 0; d < block.HeadDimension; d++)
                output[d] = output[d] * factor + weight * Element(block, block.Values, (long)position * block.Stride + d);
        }
    }

    private static float Key(in KeyValueBlock block, int position, int d) =>
        Element(block, block.Keys, ((long)(position / KeyValueBlock.TilePositions) * block.HeadDimension + d) * KeyValueBlock.TilePositions + position % KeyValueBlock.TilePositions);

    private static float Element(in KeyValueBlock block, byte* elements, long index) => DenseElement.Read(elements + index * block.ElementBytes, block.Type, 0);
}
