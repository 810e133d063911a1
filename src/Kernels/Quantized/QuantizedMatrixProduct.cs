using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Multiplies a quantized matrix with many quantized tokens: codes are brought to bytes once, in a panel that stays in the first-level cache, and multiplied with all tokens.</summary>
/// <remarks>
/// For two strips of rows the panel holds the codes of <see cref="PanelColumns"/> columns (16 KiB with the widest registers; eight-bit codes take two panels, one of low and one of high nibbles), and beside it the groups'
/// scales and zero points as numbers. The results of up to <see cref="TokenBlock"/> tokens wait on the stack (12 KiB) while panel after panel is added, groups in ascending order as everywhere.
/// </remarks>
internal static unsafe class QuantizedMatrixProduct<TLanes, TFloat, TInt, TDots, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
    where TCodes : ICodes
{
    /// <summary>Tokens for which a panel is decoded once.</summary>
    private const int TokenBlock = 96;

    /// <summary>Columns that are decoded together: several groups, so that the tokens' pointers are set up rarely.</summary>
    private const int PanelColumns = 512;

    private const int Strips = DotKernel<TLanes, TFloat, TInt, TDots, TCodes>.Strips;
    private const int Tokens = DotKernel<TLanes, TFloat, TInt, TDots, TCodes>.Tokens;
    private const int Parameters = DotKernel<TLanes, TFloat, TInt, TDots, TCodes>.Parameters;
    private const int WidestPair = Strips * PackedShape.TileRows;
    private const int PanelBytes = PanelColumns * WidestPair;
    private const int ParameterBytes = PanelColumns / ActivationBlock.SumGroup * Parameters * PackedShape.TileRows * sizeof(float);

    // 32 columns of a tile.
    private static int ChunkBytes => ActivationBlock.SumGroup * PackedShape.TileRows / 8 * TCodes.Bits;

    /// <summary>y[t, n] for all tokens and the rows n of some strips.</summary>
    public static void Multiply(in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int firstStrip, int endStrip, float* y, nint yStride)
    {
        for (int firstToken = 0; firstToken < x.Count; firstToken += TokenBlock)
        {
            int tokens = Math.Min(TokenBlock, x.Count - firstToken);
            for (int strip = firstStrip; strip < endStrip; strip += Strips)
                MultiplyPair(w, x, expansion, strip, endStrip, firstToken, tokens, y + firstToken * yStride, yStride);
        }
    }

    [SkipLocalsInit]
    private static void MultiplyPair(
        in PackedMatrix w, in QuantizedActivations x, in LowRankExpansion expansion, int strip, int endStrip, int firstToken, int tokens, float* y, nint yStride)
    {
        // One token more than there can be: where an odd one is left, its twin's results go there.
        byte* memory = stackalloc byte[2 * PanelBytes + ParameterBytes + (TokenBlock + 1 + Tokens) * WidestPair * sizeof(float) + 64];
        byte* panel = (byte*)(((nuint)memory + 63) & ~(nuint)63);
        float* parameters = (float*)(panel + 2 * PanelBytes);
        float* sums = (float*)((byte*)parameters + ParameterBytes);
        int* carry = (int*)(sums + (TokenBlock + 1) * WidestPair);

        PackedShape shape = w.Shape;
        int pair = Strips * TLanes.Count, panelGroups = PanelColumns / shape.GroupSize;
        // With an odd number of strips the last one is computed twice; the second result is not stored.
        Strip stripA = new(w, strip, TLanes.Count), stripB = new(w, Math.Min(strip + 1, endStrip - 1), TLanes.Count);
        new Span<float>(sums, (tokens + 1) * pair).Clear();
        for (int group = 0; group < shape.GroupCount; group += panelGroups)
        {
            int groups = Math.Min(panelGroups, shape.GroupCount - group);
            Strip nextA = stripA, nextB = stripB;
            int nextGroup = group + panelGroups;
            if (nextGroup >= shape.GroupCount && strip + 2 < endStrip)
                (nextA, nextB, nextGroup) = (new(w, strip + 2, TLanes.Count), new(w, Math.Min(strip + 3, endStrip - 1), TLanes.Count), 0);
            if (group + panelGroups >= shape.GroupCount)
                AnnounceResults(y + stripA.FirstRow, yStride, tokens);
            int nextBytes = Math.Clamp(shape.GroupCount - nextGroup, 0, panelGroups) * shape.BlockBytes;
            long nextOffset = (long)nextGroup * shape.BlockBytes;
            Decode(stripA, shape, group, groups, panel, parameters);
            Decode(stripB, shape, group, groups, panel + 4 * TLanes.Count, parameters + TLanes.Count);
            Add(
                new PanelPass
                {
                    Panel = panel,
                    HighOffset = PanelBytes,
                    Parameters = parameters,
                    Groups = groups,
                    GroupSize = shape.GroupSize,
                    Carry = carry,
                    Tokens = x,
                    FirstToken = firstToken,
                    Column = group * shape.GroupSize,
                },
                tokens,
                sums,
                nextA.Codes + nextOffset,
                nextB.Codes + nextOffset,
                nextBytes);
        }

        if (!expansion.IsNone)
            Expand(expansion, firstToken, tokens, strip, shape.Rows, sums);
        for (int token = 0; token < tokens; token++)
        {
            RowStore<TLanes, TFloat, TInt>.Store(TLanes.Load(sums + token * pair), y + token * yStride, stripA.FirstRow, shape.Rows);
            if (strip + 1 < endStrip)
                RowStore<TLanes, TFloat, TInt>.Store(TLanes.Load(sums + token * pair + TLanes.Count), y + token * yStride, stripB.FirstRow, shape.Rows);
        }
    }

    // Strips that lie wholly beyond the last row are not in the factor.
    private static void Expand(in LowRankExpansion expansion, int firstToken, int tokens, int strip, int rows, float* sums)
    {
        int stripB = Math.Min(strip + 1, (rows - 1) / TLanes.Count), stripA = Math.Min(strip, stripB);
        float* latent = expansion.Latent + firstToken * expansion.LatentStride;
        if (expansion.Factor.Shape.Bits == 8)
            FactorExpansion<TLanes, TFloat, TInt, Factor8Rows>.AddToPair(new Factor8Rows(expansion.Factor), expansion.Factor.Shape, latent, expansion.LatentStride, tokens, stripA, stripB, sums);
        else
            FactorExpansion<TLanes, TFloat, TInt, Factor3Rows>.AddToPair(new Factor3Rows(expansion.Factor), expansion.Factor.Shape, latent, expansion.LatentStride, tokens, stripA, stripB, sums);
    }

    // The results' lines were used last when other experts or layers wrote there: fetched while the last panel is multiplied, they do not hold up the stores.
    private static void AnnounceResults(float* y, nint yStride, int tokens)
    {
        for (int token = 0; token < tokens; token++, y += yStride)
            for (int strip = 0; strip < Strips; strip++)
                TLanes.Prefetch((byte*)(y + strip * TLanes.Count));
    }

    // Decoding alone would wait for memory: meanwhile the next panel's bytes are asked for, some of them before every few tokens.
    private static void Add(in PanelPass pass, int tokens, float* sums, byte* nextA, byte* nextB, int nextBytes)
    {
        int pair = Strips * TLanes.Count, token = 0, asked = 0, step = (nextBytes / Math.Max(1, tokens / Tokens) | 63) + 1;
        for (; token + Tokens <= tokens; token += Tokens)
        {
            for (int end = Math.Min(asked + step, nextBytes); asked < end; asked += 64)
            {
                TLanes.Prefetch(nextA + asked);
                TLanes.Prefetch(nextB + asked);
            }
            DotKernel<TLanes, TFloat, TInt, TDots, TCodes>.AddSix(pass, token, sums + token * pair);
        }
        for (; token < tokens; token += 2)
            DotKernel<TLanes, TFloat, TInt, TDots, TCodes>.AddTwo(pass, token, Math.Min(token + 1, tokens - 1), sums + token * pair);
    }

    /// <summary>Writes one strip's codes of some groups as bytes, four columns per lane, and its scales and negated zero points.</summary>
    [MethodImpl(CompileOptions.Kernel)]
    private static void Decode(in Strip strip, in PackedShape shape, int firstGroup, int groups, byte* panel, float* parameters)
    {
        int chunks = shape.GroupSize / ActivationBlock.SumGroup, blockBytes = shape.BlockBytes;
        bool symmetric = shape.Symmetric;
        DecoderTables<TInt> tables = DecoderBytes.Load<TLanes, TFloat, TInt>();
        byte* codes = strip.Codes + (long)firstGroup * blockBytes, scales = strip.Scales(shape.CodeBytes) + (long)firstGroup * blockBytes;
        for (int group = 0; group < groups; group++, codes += blockBytes, scales += blockBytes, parameters += Parameters * TLanes.Count)
        {
            TLanes.Store(HalfPrecision.LoadFinite<TLanes, TFloat, TInt>(scales), parameters);
            TLanes.Store(GroupParameters.NegatedZeroPoint<TLanes, TFloat, TInt>(scales, symmetric, TCodes.Bits), parameters + Strips * TLanes.Count);
            // Written once for both halves of a chunk: half the code takes half the time to compile, and little of a product is spent here.
            for (int part = 0; part < 2 * chunks; part++, panel += 16 * Strips * TLanes.Count)
                DecodeSixteen(codes + (part >> 1) * ChunkBytes, part & 1, tables, panel);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeSixteen(byte* codes, int part, in DecoderTables<TInt> tables, byte* panel)
    {
        TCodes.ReadBytes16<TLanes, TFloat, TInt>(codes, part, tables, out TInt q0, out TInt q1, out TInt q2, out TInt q3);
        DecodeFour(q0, panel);
        DecodeFour(q1, panel + 4 * Strips * TLanes.Count);
        DecodeFour(q2, panel + 8 * Strips * TLanes.Count);
        DecodeFour(q3, panel + 12 * Strips * TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DecodeFour(TInt codes, byte* panel)
    {
        TLanes.StoreInt(CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.Low(codes), (int*)panel);
        if (CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.HasHigh)
            TLanes.StoreInt(CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.High(codes), (int*)(panel + PanelBytes));
    }
}
