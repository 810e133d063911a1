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
    // 32 columns of a tile.
    private static int ChunkBytes => ActivationBlock.SumGroup * PackedShape.TileRows / 8 * TCodes.Bits;

    /// <summary>y[n] of one token for the rows n of some strips.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in PackedMatrix w, in QuantizedActivations x, int token, int firstStrip, int endStrip, float* y)
    {
        PackedShape shape = w.Shape;
        int groupSize = shape.GroupSize, groupCount = shape.GroupCount, blockBytes = shape.BlockBytes, codeBytes = shape.CodeBytes;
        int sumsPerGroup = groupSize / ActivationBlock.SumGroup, chunksPerTotal = Math.Min(sumsPerGroup, 4 * TDots.MostAdditions(TCodes.Bits) / ActivationBlock.SumGroup);
        for (int index = firstStrip; index < endStrip; index += 2)
        {
            // The last strip of an odd number is computed twice; the second result is the same and is not stored.
            Strip stripA = new(w, index, TLanes.Count), stripB = new(w, Math.Min(index + 1, endStrip - 1), TLanes.Count);
            byte* codesA = stripA.Codes, codesB = stripB.Codes;
            byte* scalesA = stripA.Scales(codeBytes), scalesB = stripB.Scales(codeBytes);
            TFloat sumA = TLanes.Zero, sumB = TLanes.Zero;
            sbyte* groupX = x.TokenCodes(token);
            float* groupScales = x.TokenScales(token);
            float* groupSums = x.TokenSums(token);
            for (int group = 0; group < groupCount; group++)
            {
                TInt dotA = TLanes.BroadcastInt(0), dotB = TLanes.BroadcastInt(0);
                ReadAhead<TLanes, TFloat, TInt>.Follow(codesA, blockBytes);
                ReadAhead<TLanes, TFloat, TInt>.Follow(codesB, blockBytes);
                for (int chunk = 0; chunk < sumsPerGroup;)
                {
                    TInt lowA = TLanes.BroadcastInt(0), highA = lowA, lowB = lowA, highB = lowA;
                    for (int end = chunk + chunksPerTotal; chunk < end; chunk++)
                    {
                        // The parts' numbers are constants, so that the shifts that depend on them are.
                        byte* chunkA = codesA + chunk * ChunkBytes, chunkB = codesB + chunk * ChunkBytes;
                        sbyte* chunkX = groupX + chunk * ActivationBlock.SumGroup;
                        AddSixteen(chunkA, chunkB, 0, chunkX, ref lowA, ref highA, ref lowB, ref highB);
                        AddSixteen(chunkA, chunkB, 1, chunkX + 16, ref lowA, ref highA, ref lowB, ref highB);
                    }
                    dotA = TLanes.AddInt(dotA, CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Total(lowA, highA));
                    dotB = TLanes.AddInt(dotB, CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Total(lowB, highB));
                }
                TFloat codeSum = GroupParameters.CodeSum<TLanes, TFloat, TInt>(groupSums, groupSize), activationScale = TLanes.Broadcast(*groupScales);
                sumA = AddGroup(sumA, dotA, scalesA, shape.Symmetric, activationScale, codeSum);
                sumB = AddGroup(sumB, dotB, scalesB, shape.Symmetric, activationScale, codeSum);
                codesA += blockBytes;
                codesB += blockBytes;
                scalesA += blockBytes;
                scalesB += blockBytes;
                groupX += groupSize;
                groupScales += sumsPerGroup;
                groupSums += sumsPerGroup;
            }
            RowStore<TLanes, TFloat, TInt>.Store(sumA, y, stripA.FirstRow, shape.Rows);
            if (index + 1 < endStrip)
                RowStore<TLanes, TFloat, TInt>.Store(sumB, y, stripB.FirstRow, shape.Rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddSixteen(
        byte* codesA, byte* codesB, int part, sbyte* x, ref TInt lowA, ref TInt highA, ref TInt lowB, ref TInt highB)
    {
        TCodes.Read16<TLanes, TFloat, TInt>(codesA, part, out TInt a0, out TInt a1, out TInt a2, out TInt a3);
        TCodes.Read16<TLanes, TFloat, TInt>(codesB, part, out TInt b0, out TInt b1, out TInt b2, out TInt b3);
        AddFour(a0, b0, x, ref lowA, ref highA, ref lowB, ref highB);
        AddFour(a1, b1, x + 4, ref lowA, ref highA, ref lowB, ref highB);
        AddFour(a2, b2, x + 8, ref lowA, ref highA, ref lowB, ref highB);
        AddFour(a3, b3, x + 12, ref lowA, ref highA, ref lowB, ref highB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddFour(TInt a, TInt b, sbyte* x, ref TInt lowA, ref TInt highA, ref TInt lowB, ref TInt highB)
    {
        TInt value = TLanes.BroadcastInt(Unsafe.ReadUnaligned<int>(x));
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(a, value, ref lowA, ref highA);
        CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Add(b, value, ref lowB, ref highB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TFloat AddGroup(TFloat sum, TInt dot, byte* scales, bool symmetric, TFloat activationScale, TFloat codeSum)
    {
        TFloat scale = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales);
        TFloat zero = GroupParameters.NegatedZeroPoint<TLanes, TFloat, TInt>(scales, symmetric, TCodes.Bits);
        return CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.AddGroup(sum, dot, scale, zero, activationScale, codeSum);
    }
}
