using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies a quantized matrix with one quantized token, straight from the codes.</summary>
/// <remarks>
/// Lanes are rows. A 32-bit lane of a code register holds four columns of one row: exactly what integer dot products take, so no code becomes a
/// number of its own. Four activations are broadcast to all lanes and multiplied with the codes of two strips. Inner sums are exact; the groups'
/// sums are added in ascending order as in every other product with quantized activations.
/// </remarks>
internal static unsafe class QuantizedVectorProduct<TLanes, TFloat, TInt, TDots, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
    where TCodes : ICodes
{
    private const int SumGroup = ActivationBlock.SumGroup;

    // 32 columns of a tile.
    private static int ChunkBytes => SumGroup * PackedShape.TileRows / 8 * TCodes.Bits;

    // Registers narrower than a tile find two strips in the same cache lines, and all strips of a tile one after the other.
    private static int StripsPerTile => PackedShape.TileRows / TLanes.Count;

    /// <summary>y[n] of one token for the rows n of some strips.</summary>
    public static void Multiply(in PackedMatrix w, in QuantizedActivations x, int token, int firstStrip, int endStrip, float* y)
    {
        PackedShape shape = w.Shape;
        byte* tokenX = x.Token(token);
        float* scales = (float*)(tokenX + x.ScaleOffset), sums = (float*)(tokenX + x.SumOffset(shape.GroupSize));
        for (int index = firstStrip; index < endStrip; index += 2)
        {
            // The last strip of an odd number is computed twice; the second result is the same and is not stored.
            Strip stripA = new(w, index, TLanes.Count), stripB = new(w, Math.Min(index + 1, endStrip - 1), TLanes.Count);
            bool isAsked = StripsPerTile > 2 && index % StripsPerTile != 0;
            MultiplyPair(stripA, stripB, shape, shape.GroupCount, tokenX, scales, sums, isAsked, out TFloat a, out TFloat b);
            RowStore<TLanes, TFloat, TInt>.Store(a, y, stripA.FirstRow, shape.Rows);
            if (index + 1 < endStrip)
                RowStore<TLanes, TFloat, TInt>.Store(b, y, stripB.FirstRow, shape.Rows);
        }
    }

    /// <summary>The products of two strips with a token.</summary>
    /// <param name="stripA">The first strip.</param>
    /// <param name="stripB">The second one.</param>
    /// <param name="shape">The matrix's shape.</param>
    /// <param name="groups">Its groups.</param>
    /// <param name="x">The token's codes.</param>
    /// <param name="scales">Its scales, one per 32 codes.</param>
    /// <param name="sums">Its sums, one per group.</param>
    /// <param name="isAsked">Whether the strips' bytes were asked for together with those of others.</param>
    /// <param name="a">The first strip's products.</param>
    /// <param name="b">The second strip's.</param>
    [MethodImpl(CompileOptions.Kernel)]
    private static void MultiplyPair(
        in Strip stripA, in Strip stripB, in PackedShape shape, int groups, byte* x, float* scales, float* sums, bool isAsked, out TFloat a, out TFloat b)
    {
        DecoderTables<TInt> tables = DecoderBytes.Load<TLanes, TFloat, TInt>();
        bool symmetric = shape.Symmetric;
        nint chunksPerGroup = shape.GroupSize / SumGroup, chunksPerTotal = Math.Min(chunksPerGroup, 4 * TDots.MostAdditions(TCodes.Bits) / SumGroup), totals = chunksPerGroup / chunksPerTotal;
        nint scaleBytes = shape.BlockBytes - shape.CodeBytes;
        byte* codesA = stripA.Codes, codesB = stripB.Codes;
        nint scalesA = (nint)(stripA.Scales(0) - codesA), scalesB = (nint)(stripB.Scales(0) - codesB);
        TFloat sumA = TLanes.Zero, sumB = TLanes.Zero;
        do
        {
            TInt dotA = TLanes.BroadcastInt(0), dotB = dotA;
            nint total = totals;
            do
            {
                TInt lowA = TLanes.BroadcastInt(0), highA = lowA, lowB = lowA, highB = lowA;
                nint chunk = chunksPerTotal;
                do
                {
                    if (!isAsked)
                        ReadAhead<TLanes, TFloat, TInt>.Follow(codesA, codesB, ChunkBytes);
                    // The parts' numbers are constants, so that the shifts that depend on them are.
                    AddSixteen(codesA, codesB, 0, x, tables, ref lowA, ref highA, ref lowB, ref highB);
                    AddSixteen(codesA, codesB, 1, x + 16, tables, ref lowA, ref highA, ref lowB, ref highB);
                    codesA += ChunkBytes;
                    codesB += ChunkBytes;
                    x += SumGroup;
                }
                while (--chunk > 0);
                dotA = TLanes.AddInt(dotA, CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Total(lowA, highA));
                dotB = TLanes.AddInt(dotB, CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Total(lowB, highB));
            }
            while (--total > 0);
            // Behind a block's codes follow its scales.
            if (!isAsked)
                ReadAhead<TLanes, TFloat, TInt>.Follow(codesA, codesB, 1);
            TFloat codeSum = TLanes.Broadcast(*sums), activationScale = TLanes.Broadcast(*scales);
            sumA = AddGroup(sumA, dotA, codesA + scalesA, symmetric, activationScale, codeSum);
            sumB = AddGroup(sumB, dotB, codesB + scalesB, symmetric, activationScale, codeSum);
            codesA += scaleBytes;
            codesB += scaleBytes;
            scales += chunksPerGroup;
            sums++;
        }
        while (--groups > 0);
        a = sumA;
        b = sumB;
    }

    // One strip after the other, so that the codes of one and what decodes them fit into the registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSixteen(byte* codesA, byte* codesB, int part, byte* x, in DecoderTables<TInt> tables, ref TInt lowA, ref TInt highA, ref TInt lowB, ref TInt highB)
    {
        TInt x0 = Broadcast(x), x1 = Broadcast(x + 4), x2 = Broadcast(x + 8), x3 = Broadcast(x + 12);
        AddStrip(codesA, part, tables, x0, x1, x2, x3, ref lowA, ref highA);
        AddStrip(codesB, part, tables, x0, x1, x2, x3, ref lowB, ref highB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStrip(byte* codes, int part, in DecoderTables<TInt> tables, TInt x0, TInt x1, TInt x2, TInt x3, ref TInt low, ref TInt high)
    {
        TCodes.ReadBytes16<TLanes, TFloat, TInt>(codes, part, tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3);
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(q0, x0, ref low, ref high);
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(q1, x1, ref low, ref high);
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(q2, x2, ref low, ref high);
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(q3, x3, ref low, ref high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TInt Broadcast(byte* x) => TLanes.BroadcastInt(Unsafe.ReadUnaligned<int>(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat AddGroup(TFloat sum, TInt dot, byte* scales, bool symmetric, TFloat activationScale, TFloat codeSum)
    {
        TFloat scale = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales);
        TFloat zero = GroupParameters.NegatedZeroPoint<TLanes, TFloat, TInt>(scales, symmetric, TCodes.Bits);
        return CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.AddGroup(sum, dot, scale, zero, activationScale, codeSum);
    }
}
