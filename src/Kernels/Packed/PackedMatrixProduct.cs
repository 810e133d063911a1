using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies a quantized matrix with many tokens: each group is decoded once, into a panel that stays in the first-level cache,
/// and multiplied with all tokens.</summary>
/// <remarks>
/// <para>
/// For two strips of rows and one group the panel holds the centred codes as numbers, even columns first, then odd ones, two registers per
/// column (at most 16 KiB). The sums of
/// up to <see cref="TokenBlock"/> tokens wait on the stack (12 KiB) while group after group is added, scaled per row: sum += s·(dot −
/// shift·Σ x).
/// </para>
/// <para>The order of the sums is that of <see cref="PackedVectorProduct{TLanes, TFloat, TInt, TCodes}"/>: a token's result does not depend
/// on its batch.</para>
/// </remarks>
internal static unsafe class PackedMatrixProduct<TLanes, TFloat, TInt, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TCodes : ICodes
{
    /// <summary>Tokens for which a group is decoded once. A multiple of the micro-kernel's tokens.</summary>
    private const int TokenBlock = 96;

    private const int Strips = MicroKernel<TLanes, TFloat, TInt>.Strips;
    private const int Tokens = MicroKernel<TLanes, TFloat, TInt>.Tokens;
    private const int WidestPair = Strips * PackedShape.TileRows;
    private const int LargestGroup = ActivationBlock.StrideUnit;

    /// <summary>y[t, n] for all tokens and the rows n of some strips.</summary>
    public static void Multiply(in PackedMatrix w, in ActivationBlock x, int firstStrip, int endStrip, float* y, nint yStride)
    {
        for (int firstToken = 0; firstToken < x.Count; firstToken += TokenBlock)
        {
            int tokens = Math.Min(TokenBlock, x.Count - firstToken);
            for (int strip = firstStrip; strip < endStrip; strip += Strips)
                MultiplyPair(w, x, strip, endStrip, firstToken, tokens, y + firstToken * yStride, yStride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(CompileOptions.Kernel)]
    private static void MultiplyPair(
        in PackedMatrix w, in ActivationBlock x, int strip, int endStrip, int firstToken, int tokens, float* y, nint yStride)
    {
        float* memory = stackalloc float[LargestGroup * WidestPair + TokenBlock * WidestPair + 2 * Tokens * WidestPair + PackedShape.TileRows];
        float* panel = (float*)(((nuint)memory + 63) & ~(nuint)63);
        float* sums = panel + LargestGroup * WidestPair;
        float* dots = sums + TokenBlock * WidestPair;
        nint* offsets = stackalloc nint[Tokens];

        PackedShape shape = w.Shape;
        int groupSize = shape.GroupSize, sumsPerGroup = groupSize / ActivationBlock.SumGroup;
        int pair = Strips * TLanes.Count;
        // With an odd number of strips the last one is computed twice; the second result is not stored.
        Strip stripA = new(w, strip, TLanes.Count), stripB = new(w, Math.Min(strip + 1, endStrip - 1), TLanes.Count);
        byte* codesA = stripA.Codes, codesB = stripB.Codes;
        byte* scalesA = stripA.Scales(shape.CodeBytes), scalesB = stripB.Scales(shape.CodeBytes);
        new Span<float>(sums, tokens * pair).Clear();

        for (int group = 0; group < shape.GroupCount; group++)
        {
            long blockOffset = (long)group * shape.BlockBytes;
            Decode(codesA + blockOffset, groupSize, panel);
            Decode(codesB + blockOffset, groupSize, panel + TLanes.Count);
            TFloat scaleA = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scalesA + blockOffset);
            TFloat scaleB = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scalesB + blockOffset);
            TFloat shiftA = GroupParameters.Shift<TLanes, TFloat, TInt>(scalesA + blockOffset, shape.Symmetric, TCodes.Bits);
            TFloat shiftB = GroupParameters.Shift<TLanes, TFloat, TInt>(scalesB + blockOffset, shape.Symmetric, TCodes.Bits);
            for (int token = 0; token < tokens; token += Tokens)
            {
                int count = Math.Min(Tokens, tokens - token);
                float* groupX = x.Token(firstToken + token) + group * groupSize;
                FillOffsets(offsets, x, firstToken + token, count);
                MicroKernel<TLanes, TFloat, TInt>.Run(panel, groupSize / 2, groupX, offsets, 2, dots);
                MicroKernel<TLanes, TFloat, TInt>.Run(panel + groupSize / 2 * pair, groupSize / 2, groupX + 1, offsets, 2, dots + Tokens * pair);
                for (int index = 0; index < count; index++)
                {
                    TFloat groupSum = TLanes.Broadcast(
                        GroupParameters.GroupSum(x.TokenSums(firstToken + token + index) + group * sumsPerGroup, groupSize));
                    float* dot = dots + index * pair;
                    float* sum = sums + (token + index) * pair;
                    AddGroup(sum, dot, dot + Tokens * pair, scaleA, shiftA, groupSum);
                    AddGroup(sum + TLanes.Count, dot + TLanes.Count, dot + Tokens * pair + TLanes.Count, scaleB, shiftB, groupSum);
                }
            }
        }

        for (int token = 0; token < tokens; token++)
        {
            RowStore<TLanes, TFloat, TInt>.Store(TLanes.Load(sums + token * pair), y + token * yStride, stripA.FirstRow, shape.Rows);
            if (strip + 1 < endStrip)
                RowStore<TLanes, TFloat, TInt>.Store(TLanes.Load(sums + token * pair + TLanes.Count), y + token * yStride, stripB.FirstRow, shape.Rows);
        }
    }

    // Where a batch ends, its last token is computed again instead of reading beyond it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FillOffsets(nint* offsets, in ActivationBlock x, int firstToken, int available)
    {
        for (int token = 0; token < Tokens; token++)
            offsets[token] = (nint)(x.Token(firstToken + Math.Min(token, available - 1)) - x.Token(firstToken));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroup(float* sum, float* even, float* odd, TFloat scale, TFloat shift, TFloat groupSum)
    {
        TFloat dot = TLanes.Add(TLanes.Load(even), TLanes.Load(odd));
        TLanes.Store(TLanes.MultiplyAdd(scale, TLanes.SubtractProduct(dot, shift, groupSum), TLanes.Load(sum)), sum);
    }

    /// <summary>Writes one strip's centred codes of a group: even columns to the panel's first half, odd ones to its second.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static void Decode(byte* codes, int groupSize, float* panel)
    {
        TFloat table = TLanes.Table(TCodes.Bits);
        float* odd = panel + groupSize / 2 * Strips * TLanes.Count;
        for (int part = 0; part < groupSize / 16; part++)
        {
            TCodes.Read16<TLanes, TFloat, TInt>(codes, part, out TInt q0, out TInt q1, out TInt q2, out TInt q3);
            DecodeFour(q0, table, panel, odd);
            DecodeFour(q1, table, panel + 2 * Strips * TLanes.Count, odd + 2 * Strips * TLanes.Count);
            DecodeFour(q2, table, panel + 4 * Strips * TLanes.Count, odd + 4 * Strips * TLanes.Count);
            DecodeFour(q3, table, panel + 6 * Strips * TLanes.Count, odd + 6 * Strips * TLanes.Count);
            panel += 8 * Strips * TLanes.Count;
            odd += 8 * Strips * TLanes.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeFour(TInt codes, TFloat table, float* even, float* odd)
    {
        codes = TLanes.Prepare(codes, TCodes.Bits);
        TLanes.Store(TLanes.Centred(codes, TCodes.Bits, 0, table), even);
        TLanes.Store(TLanes.Centred(codes, TCodes.Bits, 1, table), odd);
        TLanes.Store(TLanes.Centred(codes, TCodes.Bits, 2, table), even + Strips * TLanes.Count);
        TLanes.Store(TLanes.Centred(codes, TCodes.Bits, 3, table), odd + Strips * TLanes.Count);
    }
}
