using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Adds the expansion of projected tokens to their results: y += U · latent, with U stored by rank.</summary>
/// <remarks>
/// <para>
/// Lanes are rows n of the output: neighbouring codes of a factor row. Few tokens are multiplied straight from the codes, four registers of
/// rows at a time. For many, up to
/// <see cref="RankBlock"/> ranks are decoded into a panel that stays in the first-level cache (8 KiB) and multiplied with all tokens.
/// </para>
/// <para>Either way ranks are summed in ascending order and each block's sum is added to y, so a token's result does not depend on its
/// batch.</para>
/// </remarks>
internal static unsafe class FactorExpansion<TLanes, TFloat, TInt, TRows>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TRows : struct, IRows
{
    private const int RankBlock = 64;
    private const int VectorStrips = 4;
    private const int Strips = MicroKernel<TLanes, TFloat, TInt>.Strips;
    private const int Tokens = MicroKernel<TLanes, TFloat, TInt>.Tokens;
    private const int WidestPair = Strips * PackedShape.TileRows;

    /// <summary>y[n] += Σ_i U[i, n] · latent[i] of one token for the rows n of some strips.</summary>
    public static void AddVector(TRows rows, in FactorShape shape, float* latent, int firstStrip, int endStrip, float* y)
    {
        // Eight strips from a multiple of eight on, and four from a multiple of four, lie within one group of 64 rows and share its scales. Those outside the range are computed
        // and not stored.
        bool hasEight = 2 * VectorStrips * TLanes.Count <= FactorShape.GroupSize;
        for (int strip = firstStrip / VectorStrips * VectorStrips; strip < endStrip;)
        {
            bool eight = hasEight && strip % (2 * VectorStrips) == 0 && strip + VectorStrips < endStrip;
            for (int rank = 0; rank < shape.Rank; rank += RankBlock)
            {
                int endRank = Math.Min(rank + RankBlock, shape.Rank);
                if (eight)
                    AddEight(rows, shape, latent, rank, endRank, strip, firstStrip, endStrip, y);
                else
                    AddFour(rows, shape, latent, rank, endRank, strip, firstStrip, endStrip, y);
            }
            strip += eight ? 2 * VectorStrips : VectorStrips;
        }
    }

    [MethodImpl(CompileOptions.Kernel)]
    private static void AddFour(TRows rows, in FactorShape shape, float* latent, int firstRank, int endRank, int strip, int firstStrip, int endStrip, float* y)
    {
        int row = strip * TLanes.Count, group = row / FactorShape.GroupSize;
        TFloat sum0 = TLanes.Zero, sum1 = TLanes.Zero, sum2 = TLanes.Zero, sum3 = TLanes.Zero;
        for (int rank = firstRank; rank < endRank; rank++)
        {
            byte* codes = rows.Row(rank);
            TFloat scale = TLanes.Broadcast(rows.Scale(rank, group)), value = TLanes.Broadcast(latent[rank]);
            AddRank(codes, row, scale, value, ref sum0, ref sum1, ref sum2, ref sum3);
        }
        AddStrips(sum0, sum1, sum2, sum3, strip, firstStrip, endStrip, y, shape.Length);
    }

    [MethodImpl(CompileOptions.Kernel)]
    private static void AddEight(TRows rows, in FactorShape shape, float* latent, int firstRank, int endRank, int strip, int firstStrip, int endStrip, float* y)
    {
        int row = strip * TLanes.Count, group = row / FactorShape.GroupSize;
        TFloat sum0 = TLanes.Zero, sum1 = TLanes.Zero, sum2 = TLanes.Zero, sum3 = TLanes.Zero;
        TFloat sum4 = TLanes.Zero, sum5 = TLanes.Zero, sum6 = TLanes.Zero, sum7 = TLanes.Zero;
        for (int rank = firstRank; rank < endRank; rank++)
        {
            byte* codes = rows.Row(rank);
            TFloat scale = TLanes.Broadcast(rows.Scale(rank, group)), value = TLanes.Broadcast(latent[rank]);
            AddRank(codes, row, scale, value, ref sum0, ref sum1, ref sum2, ref sum3);
            AddRank(codes, row + VectorStrips * TLanes.Count, scale, value, ref sum4, ref sum5, ref sum6, ref sum7);
        }
        AddStrips(sum0, sum1, sum2, sum3, strip, firstStrip, endStrip, y, shape.Length);
        AddStrips(sum4, sum5, sum6, sum7, strip + VectorStrips, firstStrip, endStrip, y, shape.Length);
    }

    /// <summary>sums[t] += Σ_i U[i, n] · latent[t, i] for the rows n of two strips, two registers per token: the end of a product that still has its results at hand.</summary>
    /// <param name="rows">The factor's rows.</param>
    /// <param name="shape">Its dimensions.</param>
    /// <param name="latent">The first token's projections.</param>
    /// <param name="latentStride">Distance of two tokens' projections in values.</param>
    /// <param name="tokenCount">Tokens.</param>
    /// <param name="stripA">The first strip.</param>
    /// <param name="stripB">The second one; the first again where there is none.</param>
    /// <param name="sums">The tokens' results so far.</param>
    [SkipLocalsInit]
    public static void AddToPair(TRows rows, in FactorShape shape, float* latent, nint latentStride, int tokenCount, int stripA, int stripB, float* sums)
    {
        float* memory = stackalloc float[RankBlock * WidestPair + Tokens * WidestPair + PackedShape.TileRows];
        float* panel = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* dots = panel + RankBlock * WidestPair;
        nint* offsets = stackalloc nint[Tokens];
        for (int rank = 0; rank < shape.Rank; rank += RankBlock)
        {
            int ranks = Math.Min(RankBlock, shape.Rank - rank);
            Decode(rows, rank, ranks, stripA, stripB, panel);
            for (int token = 0; token < tokenCount; token += Tokens)
            {
                int count = Math.Min(Tokens, tokenCount - token);
                MicroKernel<TLanes, TFloat, TInt>.FillOffsets(offsets, count, latentStride);
                MicroKernel<TLanes, TFloat, TInt>.Run(panel, ranks, latent + token * latentStride + rank, offsets, 1, dots);
                float* sum = sums + token * Strips * TLanes.Count;
                for (int register = 0; register < count * Strips * TLanes.Count; register += TLanes.Count)
                    TLanes.Store(TLanes.Add(TLanes.Load(sum + register), TLanes.Load(dots + register)), sum + register);
            }
        }
    }

    /// <summary>y[t, n] += Σ_i U[i, n] · latent[t, i] for the rows n of some strips.</summary>
    [SkipLocalsInit]
    [MethodImpl(CompileOptions.Kernel)]
    public static void AddMatrix(
        TRows rows, in FactorShape shape, float* latent, nint latentStride, int tokenCount, int firstStrip, int endStrip, float* y, nint yStride)
    {
        float* memory = stackalloc float[RankBlock * WidestPair + Tokens * WidestPair + PackedShape.TileRows];
        float* panel = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* dots = panel + RankBlock * WidestPair;
        nint* offsets = stackalloc nint[Tokens];
        for (int strip = firstStrip; strip < endStrip; strip += Strips)
        {
            int stripB = Math.Min(strip + 1, endStrip - 1);
            for (int rank = 0; rank < shape.Rank; rank += RankBlock)
            {
                int ranks = Math.Min(RankBlock, shape.Rank - rank);
                Decode(rows, rank, ranks, strip, stripB, panel);
                for (int token = 0; token < tokenCount; token += Tokens)
                {
                    int count = Math.Min(Tokens, tokenCount - token);
                    MicroKernel<TLanes, TFloat, TInt>.FillOffsets(offsets, count, latentStride);
                    MicroKernel<TLanes, TFloat, TInt>.Run(panel, ranks, latent + token * latentStride + rank, offsets, 1, dots);
                    for (int index = 0; index < count; index++)
                    {
                        float* dot = dots + index * Strips * TLanes.Count;
                        AddStrip(TLanes.Load(dot), strip, firstStrip, endStrip, y + (token + index) * yStride, shape.Length);
                        AddStrip(TLanes.Load(dot + TLanes.Count), strip + 1, firstStrip, endStrip, y + (token + index) * yStride, shape.Length);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRank(byte* codes, int row, TFloat scale, TFloat value, ref TFloat sum0, ref TFloat sum1, ref TFloat sum2, ref TFloat sum3)
    {
        sum0 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(codes, row), scale), value, sum0);
        sum1 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(codes, row + TLanes.Count), scale), value, sum1);
        sum2 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(codes, row + 2 * TLanes.Count), scale), value, sum2);
        sum3 = TLanes.MultiplyAdd(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(codes, row + 3 * TLanes.Count), scale), value, sum3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStrips(TFloat sum0, TFloat sum1, TFloat sum2, TFloat sum3, int strip, int firstStrip, int endStrip, float* y, int rows)
    {
        AddStrip(sum0, strip, firstStrip, endStrip, y, rows);
        AddStrip(sum1, strip + 1, firstStrip, endStrip, y, rows);
        AddStrip(sum2, strip + 2, firstStrip, endStrip, y, rows);
        AddStrip(sum3, strip + 3, firstStrip, endStrip, y, rows);
    }

    private static void Decode(TRows rows, int firstRank, int ranks, int stripA, int stripB, float* panel)
    {
        for (int rank = firstRank; rank < firstRank + ranks; rank++, panel += Strips * TLanes.Count)
        {
            Decode(rows, rank, stripA * TLanes.Count, panel);
            Decode(rows, rank, stripB * TLanes.Count, panel + TLanes.Count);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decode(TRows rows, int rank, int firstRow, float* panel)
    {
        TFloat scale = TLanes.Broadcast(rows.Scale(rank, firstRow / FactorShape.GroupSize));
        TLanes.Store(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(rows.Row(rank), firstRow), scale), panel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStrip(TFloat sum, int strip, int firstStrip, int endStrip, float* y, int rows)
    {
        if (strip < firstStrip || strip >= endStrip)
            return;
        int row = strip * TLanes.Count;
        if (row + TLanes.Count <= rows)
            TLanes.Store(TLanes.Add(TLanes.Load(y + row), sum), y + row);
        else
            AddPart(sum, y + row, rows - row);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddPart(TFloat sum, float* y, int rows)
    {
        float* lanes = stackalloc float[PackedShape.TileRows];
        TLanes.Store(sum, lanes);
        for (int lane = 0; lane < rows; lane++)
            y[lane] += lanes[lane];
    }
}
