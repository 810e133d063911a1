using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Multiplies some tiles of rows of a packed matrix with the tokens of one work item: y = (Ŵ + U · V) x, where latent = V x is given.</summary>
/// <remarks>
/// <para>
/// Threads are numbered row within the tile, tile, slice. A thread takes 32 columns of its row at a time, every <see cref="ProductShape.Slices"/>-th of such chunks: neighbouring threads read neighbouring
/// words, and all rows of a tile read the same inputs from shared memory, which is one transaction. Ranks of the compensator are dealt out to slices like columns. The slices' sums are added by a tree.
/// </para>
/// <para>The order of the additions depends on the tile shape only.</para>
/// </remarks>
internal static class PackedProductBody<TCodes, TTile, TElement, TReader>
    where TCodes : struct, ITileCodes
    where TTile : struct, ITokenTile<TTile>
    where TElement : unmanaged
    where TReader : struct, IElementReader<TElement>
{
    /// <summary>The sums of one thread, complete in the threads of slice 0. All threads of a group must call; shared memory may be used again afterwards.</summary>
    /// <param name="words">The bytes of the matrix.</param>
    /// <param name="w">The matrix.</param>
    /// <param name="x">The tokens.</param>
    /// <param name="latent">The projections V x.</param>
    /// <param name="firstLatent">Where those of slot 0 begin.</param>
    /// <param name="shape">The product.</param>
    /// <param name="shared">Shared memory of <see cref="SharedTile.Length"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTile Sum(
        ArrayView<uint> words, MatrixLayout w, TokenSource<TElement> x, ArrayView<float> latent, long firstLatent, ProductShape shape, ArrayView<Float4> shared)
    {
        int thread = Group.IdxX, row = thread & 15, slice = thread / (16 * shape.RowTiles), tile = Tile(shape);
        int lastTile = (shape.Rows - 1) >> 4;
        // Threads of a tile beyond the last one compute its results again and write nothing: all must reach the barriers.
        long tileWords = ((long)w.Weights * 16) + ((long)(tile < lastTile ? tile : lastTile) * w.GroupCount * w.BlockWords);
        TTile sum = default;
        int segment = default(TTile).SegmentColumns, columns = x.Count > 0 ? w.GroupCount << w.GroupShift : 0;
        for (int first = 0; first < columns; first += segment)
        {
            int width = columns - first < segment ? columns - first : segment;
            Stage(x, first, width, shared);
            Group.Barrier();
            for (int chunk = slice; chunk < width >> 5; chunk += shape.Slices)
                sum = AddChunk(sum, words, w, tileWords, row, first, chunk, shared);
            Group.Barrier();
        }

        int output = (tile * 16) + row;
        if (output < shape.Rows && x.Count > 0)
            sum = AddCompensator(sum, words, w, x, latent, firstLatent, shape, output, slice);
        return Reduce(sum, shared, thread, slice, shape);
    }

    /// <summary>Writes the sums, in the threads that have them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(TTile sum, TokenSource<TElement> x, ArrayView<float> y, ProductShape shape)
    {
        if (Writes(x, shape))
            sum.Write(y, FirstResult(x, shape), shape.Rows, x.Count);
    }

    /// <summary>Writes silu(gate) · up, in the threads that have them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WriteGated(TTile gate, TTile up, TokenSource<TElement> x, ArrayView<float> y, ProductShape shape)
    {
        if (Writes(x, shape))
            gate.Activate(up).Write(y, FirstResult(x, shape), shape.Rows, x.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Tile(ProductShape shape) => (Grid.IdxY * shape.RowTiles) + ((Group.IdxX >> 4) % shape.RowTiles);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Writes(TokenSource<TElement> x, ProductShape shape) =>
        Group.IdxX < 16 * shape.RowTiles && (Tile(shape) * 16) + (Group.IdxX & 15) < shape.Rows && x.Count > 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long FirstResult(TokenSource<TElement> x, ProductShape shape) => ((long)x.First * shape.Rows) + (Tile(shape) * 16) + (Group.IdxX & 15);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Stage(TokenSource<TElement> x, int first, int width, ArrayView<Float4> shared)
    {
        for (int index = Group.IdxX; index < SharedTile.Length; index += Group.DimX)
            if (default(TTile).StageColumn(index) < width)
                shared[index] = default(TTile).Stage<TElement, TReader>(x, first, index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTile AddChunk(TTile sum, ArrayView<uint> words, MatrixLayout w, long tileWords, int row, int first, int chunk, ArrayView<Float4> shared)
    {
        int column = first + (chunk << 5), group = column >> w.GroupShift;
        long block = tileWords + ((long)group * w.BlockWords);
        float scale = CodeBits.Half(words, block + w.CodeWords, row);
        float zero = w.Centre >= 0 ? w.Centre : CodeBits.Half(words, block + w.CodeWords + 8, row);
        float offset = default(TCodes).Offset + zero;
        int chunkOfGroup = (column - (group << w.GroupShift)) >> 5, quad = chunk << 3;
        CodeWords codes = default(TCodes).Load(words, block + (chunkOfGroup * 16 * default(TCodes).Bits) + row);
        TTile dots = default(TCodes).AddProducts(default(TTile), shared, quad, codes, offset);
        return sum.AddScaled(dots, scale);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTile AddCompensator(
        TTile sum, ArrayView<uint> words, MatrixLayout w, TokenSource<TElement> x, ArrayView<float> latent, long firstLatent, ProductShape shape, int output, int slice)
    {
        int groups = FactorWords.GroupCount(shape.Rows);
        for (int rank = slice; rank < w.Rank; rank += shape.Slices)
        {
            float value = FactorWords.Value(words, (long)w.OutputFactor * 16, w.OutputFactorBits, w.Rank, groups, rank, output);
            sum = sum.AddValues(value, latent, firstLatent + ((long)x.First * shape.LatentStride) + rank, shape.LatentStride, x.Count);
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TTile Reduce(TTile sum, ArrayView<Float4> shared, int thread, int slice, ProductShape shape)
    {
        sum.Save(shared, thread, Group.DimX);
        Group.Barrier();
        for (int half = shape.Slices >> 1; half > 0; half >>= 1)
        {
            if (slice < half)
            {
                sum = sum.AddSaved(shared, thread + (half * 16 * shape.RowTiles), Group.DimX);
                sum.Save(shared, thread, Group.DimX);
            }
            Group.Barrier();
        }
        return sum;
    }
}
