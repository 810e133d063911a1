namespace MoEQuant.Kernels.Ilgpu;

/// <summary>How a matrix product is cut into thread groups.</summary>
/// <param name="RowTiles">Tiles of 16 rows per group.</param>
/// <param name="Slices">Threads that share the columns of a row; a power of two.</param>
/// <param name="Tokens">Tokens that a thread multiplies each weight with: 1, 4 or 8.</param>
internal readonly record struct TileShape(int RowTiles, int Slices, int Tokens)
{
    /// <summary>Groups that a multiprocessor should have at least, so that some read while others compute.</summary>
    private const int GroupsPerMultiprocessor = 4;

    private const int UsualSlices = 8;

    /// <summary>Threads of a group.</summary>
    public int Threads => PackedShape.TileRows * RowTiles * Slices;

    /// <summary>The tokens per thread for slots that spread over some matrices.</summary>
    /// <param name="slots">Slots.</param>
    /// <param name="matrices">Matrices, 1 or the number of experts.</param>
    public static int TokensFor(int slots, int matrices) => ((slots + matrices - 1) / matrices) switch
    {
        <= 1 => 1,
        <= 4 => 4,
        _ => 8,
    };

    /// <summary>Picks the shape for a product, as MiLo (arXiv 2504.02658) picks among its tiles: tall groups read inputs once for many rows, but a small product needs many groups.</summary>
    /// <param name="rows">Outputs, N.</param>
    /// <param name="columns">Inputs, K.</param>
    /// <param name="items">Work items: groups of tokens.</param>
    /// <param name="tokens">Tokens per item.</param>
    /// <param name="maxThreads">Most threads of a group that the device allows; at least 16.</param>
    /// <param name="multiprocessors">Multiprocessors of the device.</param>
    public static TileShape Choose(int rows, int columns, int items, int tokens, int maxThreads, int multiprocessors)
    {
        maxThreads = Math.Min(maxThreads, SharedTile.MaxThreads);
        long tiles = ((long)rows + PackedShape.TileRows - 1) / PackedShape.TileRows, wanted = (long)GroupsPerMultiprocessor * multiprocessors;
        int chunks = (int)(((long)columns + 31) / 32);
        int slices = tiles * items < wanted ? 2 * UsualSlices : UsualSlices;
        while (slices > 1 && (slices > chunks || slices * PackedShape.TileRows > maxThreads))
            slices /= 2;
        int rowTiles = 1;
        while (2 * rowTiles * slices * PackedShape.TileRows <= maxThreads && tiles >= 2 * rowTiles && tiles / (2 * rowTiles) * items >= wanted)
            rowTiles *= 2;
        return new TileShape(rowTiles, slices, tokens);
    }
}
