using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Adds the expansion of projected tokens to their results: y += U · latent, with U stored by rank.</summary>
/// <remarks>
/// Lanes are rows n of the output: neighbouring bytes of a factor row. Up to <see cref="RankBlock"/> ranks are decoded at a time, into a panel that stays in the first-level
/// cache (8 KiB), multiplied with all tokens, and their sum is added to y. Ranks are summed in ascending order whatever the batch, so a token's result does not depend on it.
/// </remarks>
internal static unsafe class FactorExpansion<TLanes, TFloat, TInt, TRows>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TRows : struct, IRows
{
    private const int RankBlock = 64;
    private const int Strips = MicroKernel<TLanes, TFloat, TInt>.Strips;
    private const int Tokens = MicroKernel<TLanes, TFloat, TInt>.Tokens;
    private const int WidestPair = Strips * PackedShape.TileRows;

    /// <summary>y[t, n] += Σ_i U[i, n] · latent[t, i] for the rows n of some strips.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(
        TRows rows, in FactorShape shape, float* latent, nint latentStride, int tokenCount, int firstStrip, int endStrip, float* y, nint yStride)
    {
        float* memory = stackalloc float[RankBlock * WidestPair + Tokens * WidestPair + PackedShape.TileRows];
        float* panel = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* dots = panel + RankBlock * WidestPair;
        nint* offsets = stackalloc nint[Tokens];
        for (int strip = firstStrip; strip < endStrip; strip += Strips)
        {
            int rowA = strip * TLanes.Count, rowB = Math.Min(strip + 1, endStrip - 1) * TLanes.Count;
            for (int rank = 0; rank < shape.Rank; rank += RankBlock)
            {
                int ranks = Math.Min(RankBlock, shape.Rank - rank);
                for (int index = 0; index < ranks; index++)
                {
                    Decode(rows, rank + index, rowA, panel + index * Strips * TLanes.Count);
                    Decode(rows, rank + index, rowB, panel + (index * Strips + 1) * TLanes.Count);
                }
                for (int token = 0; token < tokenCount; token += Tokens)
                {
                    int count = Math.Min(Tokens, tokenCount - token);
                    MicroKernel<TLanes, TFloat, TInt>.FillOffsets(offsets, count, latentStride);
                    MicroKernel<TLanes, TFloat, TInt>.Run(panel, ranks, latent + token * latentStride + rank, offsets, 1, dots);
                    for (int index = 0; index < count; index++)
                    {
                        float* tokenY = y + (token + index) * yStride;
                        AddRows(dots + index * Strips * TLanes.Count, tokenY + rowA, shape.Length - rowA);
                        if (strip + 1 < endStrip)
                            AddRows(dots + (index * Strips + 1) * TLanes.Count, tokenY + rowB, shape.Length - rowB);
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Decode(TRows rows, int rank, int firstRow, float* panel)
    {
        TFloat scale = TLanes.Broadcast(rows.Scale(rank, firstRow / FactorShape.GroupSize));
        TLanes.Store(TLanes.Multiply(TRows.Load<TLanes, TFloat, TInt>(rows.Row(rank), firstRow), scale), panel);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRows(float* sums, float* y, int rows)
    {
        if (rows >= TLanes.Count)
        {
            TLanes.Store(TLanes.Add(TLanes.Load(y), TLanes.Load(sums)), y);
            return;
        }
        for (int lane = 0; lane < rows; lane++)
            y[lane] += sums[lane];
    }
}
