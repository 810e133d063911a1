using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies a quantized matrix with many quantized tokens: each group's codes are brought to bytes once, in a panel that stays in the
/// first-level cache, and multiplied with all tokens.</summary>
/// <remarks>
/// For two strips of rows and one group the panel holds the codes, two registers per four columns (4 KiB at most; eight-bit codes take two
/// panels, one of low and one of high nibbles). The sums of up to <see cref="TokenBlock"/> tokens wait on the stack (12 KiB) while group after
/// group is added, in ascending order as everywhere.
/// </remarks>
internal static unsafe class QuantizedMatrixProduct<TLanes, TFloat, TInt, TDots, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
    where TCodes : ICodes
{
    /// <summary>Tokens for which a group is decoded once. A multiple of the micro-kernel's tokens.</summary>
    private const int TokenBlock = 96;

    private const int Strips = DotKernel<TLanes, TFloat, TInt, TDots>.Strips;
    private const int Tokens = DotKernel<TLanes, TFloat, TInt, TDots>.Tokens;
    private const int WidestPair = Strips * PackedShape.TileRows;
    private const int LargestGroup = ActivationBlock.StrideUnit;
    private const int PanelBytes = LargestGroup * WidestPair;

    /// <summary>y[t, n] for all tokens and the rows n of some strips.</summary>
    public static void Multiply(in PackedMatrix w, in QuantizedActivations x, int firstStrip, int endStrip, float* y, nint yStride)
    {
        for (int firstToken = 0; firstToken < x.Count; firstToken += TokenBlock)
        {
            int tokens = Math.Min(TokenBlock, x.Count - firstToken);
            for (int strip = firstStrip; strip < endStrip; strip += Strips)
                MultiplyPair(w, x, strip, endStrip, firstToken, tokens, y + firstToken * yStride, yStride);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyPair(
        in PackedMatrix w, in QuantizedActivations x, int strip, int endStrip, int firstToken, int tokens, float* y, nint yStride)
    {
        byte* memory = stackalloc byte[2 * PanelBytes + (TokenBlock + 2 * Tokens) * WidestPair * sizeof(float) + 64];
        byte* panel = (byte*)(((nuint)memory + 63) & ~(nuint)63);
        float* sums = (float*)(panel + 2 * PanelBytes);
        int* dots = (int*)(sums + TokenBlock * WidestPair);
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
            Decode(codesB + blockOffset, groupSize, panel + 4 * TLanes.Count);
            TFloat scaleA = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scalesA + blockOffset);
            TFloat scaleB = HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scalesB + blockOffset);
            TFloat zeroA = GroupParameters.ZeroPoint<TLanes, TFloat, TInt>(scalesA + blockOffset, shape.Symmetric, TCodes.Bits);
            TFloat zeroB = GroupParameters.ZeroPoint<TLanes, TFloat, TInt>(scalesB + blockOffset, shape.Symmetric, TCodes.Bits);
            for (int token = 0; token < tokens; token += Tokens)
            {
                int count = Math.Min(Tokens, tokens - token);
                MicroKernel<TLanes, TFloat, TInt>.FillOffsets(offsets, count, x.Stride);
                Dot(panel, sumsPerGroup, x.TokenCodes(firstToken + token) + group * groupSize, offsets, dots);
                for (int index = 0; index < count; index++)
                {
                    float activationScale = x.TokenScales(firstToken + token + index)[group * sumsPerGroup];
                    int codeSum = GroupParameters.CodeSum(x.TokenSums(firstToken + token + index) + group * sumsPerGroup, groupSize);
                    float* sum = sums + (token + index) * pair;
                    AddGroup(sum, dots + index * pair, scaleA, zeroA, activationScale, codeSum);
                    AddGroup(sum + TLanes.Count, dots + index * pair + TLanes.Count, scaleB, zeroB, activationScale, codeSum);
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

    // Leaves the dot products of six tokens in dots; the second half of dots is scratch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot(byte* panel, int chunks, sbyte* x, nint* offsets, int* dots)
    {
        DotKernel<TLanes, TFloat, TInt, TDots>.Run(panel, chunks, x, offsets, dots);
        if (!CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.HasHigh)
            return;
        int* high = dots + Tokens * Strips * TLanes.Count;
        DotKernel<TLanes, TFloat, TInt, TDots>.Run(panel + PanelBytes, chunks, x, offsets, high);
        for (int index = 0; index < Tokens * Strips * TLanes.Count; index += TLanes.Count)
            TLanes.StoreInt(TLanes.AddInt(TLanes.LoadInt((byte*)(dots + index)), TLanes.ShiftLeft(TLanes.LoadInt((byte*)(high + index)), 4)), dots + index);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroup(float* sum, int* dot, TFloat scale, TFloat zero, float activationScale, int codeSum) =>
        TLanes.Store(
            CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.AddGroup(
                TLanes.Load(sum), TLanes.LoadInt((byte*)dot), scale, zero, activationScale, codeSum),
            sum);

    /// <summary>Writes one strip's codes of a group as bytes, four columns per lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Decode(byte* codes, int groupSize, byte* panel)
    {
        for (int part = 0; part < groupSize / 16; part++)
        {
            TCodes.Read16<TLanes, TFloat, TInt>(codes, part, out TInt q0, out TInt q1, out TInt q2, out TInt q3);
            DecodeFour(q0, panel);
            DecodeFour(q1, panel + 4 * Strips * TLanes.Count);
            DecodeFour(q2, panel + 8 * Strips * TLanes.Count);
            DecodeFour(q3, panel + 12 * Strips * TLanes.Count);
            panel += 16 * Strips * TLanes.Count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeFour(TInt codes, byte* panel)
    {
        TLanes.StoreInt(CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Low(codes), (int*)panel);
        if (CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.HasHigh)
            TLanes.StoreInt(CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.High(codes), (int*)(panel + PanelBytes));
    }
}
