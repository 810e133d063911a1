using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>The register-blocked heart of the batch product with quantized activations: two registers of rows times six tokens, or times two where fewer are left.</summary>
/// <remarks>
/// <para>
/// Per four columns two loads of codes and six broadcasts feed twelve dot products. Twelve sums, two registers of codes, one broadcast and one product fill the sixteen registers of AVX2. At the end of a group the sums
/// become numbers and go with the group's scales and zero points into the tokens' results, without a way through memory in between.
/// </para>
/// <para>Additions to dot products do not depend on each other for long (one cycle for 16-bit sums), so four sums are enough to be busy and the remaining tokens are not computed for nothing.</para>
/// </remarks>
internal static unsafe class DotKernel<TLanes, TFloat, TInt, TDots, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
    where TCodes : ICodes
{
    /// <summary>Tokens computed together.</summary>
    public const int Tokens = 6;

    /// <summary>Registers of rows computed together.</summary>
    public const int Strips = 2;

    /// <summary>Registers of <see cref="PanelPass.Parameters"/> per group.</summary>
    public const int Parameters = 2 * Strips;

    /// <summary>From codes to scales and sums: one per 32, <see cref="ActivationBlock.SumGroup"/>.</summary>
    private const int SumShift = 5;

    private static int PairCount => Strips * TLanes.Count;

    /// <summary>Whether codes come in two nibbles.</summary>
    private static bool HasHigh => CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.HasHigh;

    /// <summary>Adds the pass to the results of six tokens.</summary>
    /// <param name="pass">What to multiply.</param>
    /// <param name="token">The first of the tokens.</param>
    /// <param name="sums">Its results: two registers per token, one token after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSix(in PanelPass pass, int token, float* sums)
    {
        sbyte* x0 = pass.TokenCodes(token), x1 = pass.TokenCodes(token + 1), x2 = pass.TokenCodes(token + 2);
        sbyte* x3 = pass.TokenCodes(token + 3), x4 = pass.TokenCodes(token + 4), x5 = pass.TokenCodes(token + 5);
        byte* panel = pass.Panel;
        float* parameters = pass.Parameters;
        nint groupSize = pass.GroupSize, chunk = ChunkColumns(groupSize), column = 0;
        for (nint end = pass.Groups * groupSize; column < end; parameters += Parameters * TLanes.Count)
        {
            TInt a0 = TLanes.BroadcastInt(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            TInt b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
            nint first = column;
            while (column < first + groupSize)
            {
                int nibble = 0;
                do
                {
                    TInt c0 = TLanes.BroadcastInt(0), c1 = c0, c2 = c0, c3 = c0, c4 = c0, c5 = c0;
                    TInt d0 = c0, d1 = c0, d2 = c0, d3 = c0, d4 = c0, d5 = c0;
                    byte* codes = panel + nibble * pass.HighOffset;
                    for (nint at = column, chunkEnd = column + chunk; at < chunkEnd; at += 4, codes += 4 * PairCount)
                    {
                        TInt a = TLanes.LoadInt(codes), b = TLanes.LoadInt(codes + 4 * TLanes.Count);
                        AddProducts(a, b, x0 + at, ref c0, ref d0);
                        AddProducts(a, b, x1 + at, ref c1, ref d1);
                        AddProducts(a, b, x2 + at, ref c2, ref d2);
                        AddProducts(a, b, x3 + at, ref c3, ref d3);
                        AddProducts(a, b, x4 + at, ref c4, ref d4);
                        AddProducts(a, b, x5 + at, ref c5, ref d5);
                    }
                    if (column == first && nibble == 0)
                    {
                        (a0, b0) = (TDots.Total(c0), TDots.Total(d0));
                        (a1, b1) = (TDots.Total(c1), TDots.Total(d1));
                        (a2, b2) = (TDots.Total(c2), TDots.Total(d2));
                        (a3, b3) = (TDots.Total(c3), TDots.Total(d3));
                        (a4, b4) = (TDots.Total(c4), TDots.Total(d4));
                        (a5, b5) = (TDots.Total(c5), TDots.Total(d5));
                    }
                    else
                    {
                        AddTotals(c0, d0, nibble, ref a0, ref b0);
                        AddTotals(c1, d1, nibble, ref a1, ref b1);
                        AddTotals(c2, d2, nibble, ref a2, ref b2);
                        AddTotals(c3, d3, nibble, ref a3, ref b3);
                        AddTotals(c4, d4, nibble, ref a4, ref b4);
                        AddTotals(c5, d5, nibble, ref a5, ref b5);
                    }
                }
                while (HasHigh && ++nibble < 2);
                column += chunk;
                panel += chunk * PairCount;
            }
            AddGroup(a0, b0, parameters, pass, x0 + first, sums);
            AddGroup(a1, b1, parameters, pass, x1 + first, sums + PairCount);
            AddGroup(a2, b2, parameters, pass, x2 + first, sums + 2 * PairCount);
            AddGroup(a3, b3, parameters, pass, x3 + first, sums + 3 * PairCount);
            AddGroup(a4, b4, parameters, pass, x4 + first, sums + 4 * PairCount);
            AddGroup(a5, b5, parameters, pass, x5 + first, sums + 5 * PairCount);
        }
    }

    /// <summary>Adds the pass to the results of two tokens.</summary>
    /// <param name="pass">What to multiply.</param>
    /// <param name="token">The first of the tokens.</param>
    /// <param name="second">The second; the first again where there is none, its results are then of no use.</param>
    /// <param name="sums">Two registers per token, one token after the other.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddTwo(in PanelPass pass, int token, int second, float* sums)
    {
        sbyte* x0 = pass.TokenCodes(token), x1 = pass.TokenCodes(second);
        byte* panel = pass.Panel;
        float* parameters = pass.Parameters;
        nint groupSize = pass.GroupSize, chunk = ChunkColumns(groupSize), column = 0;
        for (nint end = pass.Groups * groupSize; column < end; parameters += Parameters * TLanes.Count)
        {
            TInt a0 = TLanes.BroadcastInt(0), a1 = a0, b0 = a0, b1 = a0;
            nint first = column;
            while (column < first + groupSize)
            {
                int nibble = 0;
                do
                {
                    TInt c0 = TLanes.BroadcastInt(0), c1 = c0, d0 = c0, d1 = c0;
                    byte* codes = panel + nibble * pass.HighOffset;
                    for (nint at = column, chunkEnd = column + chunk; at < chunkEnd; at += 4, codes += 4 * PairCount)
                    {
                        TInt a = TLanes.LoadInt(codes), b = TLanes.LoadInt(codes + 4 * TLanes.Count);
                        AddProducts(a, b, x0 + at, ref c0, ref d0);
                        AddProducts(a, b, x1 + at, ref c1, ref d1);
                    }
                    AddTotals(c0, d0, nibble, ref a0, ref b0);
                    AddTotals(c1, d1, nibble, ref a1, ref b1);
                }
                while (HasHigh && ++nibble < 2);
                column += chunk;
                panel += chunk * PairCount;
            }
            AddGroup(a0, b0, parameters, pass, x0 + first, sums);
            AddGroup(a1, b1, parameters, pass, x1 + first, sums + PairCount);
        }
    }

    /// <summary>Columns after which sums must become numbers: a whole group or a part of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint ChunkColumns(nint groupSize) => Math.Min(groupSize, 4 * TDots.MostAdditions(TCodes.Bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts(TInt a, TInt b, sbyte* x, ref TInt sumA, ref TInt sumB)
    {
        TInt value = TLanes.BroadcastInt(Unsafe.ReadUnaligned<int>(x));
        sumA = TDots.AddProducts(sumA, a, value);
        sumB = TDots.AddProducts(sumB, b, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTotals(TInt sumA, TInt sumB, int nibble, ref TInt a, ref TInt b)
    {
        sumA = TDots.Total(sumA);
        sumB = TDots.Total(sumB);
        if (HasHigh && nibble > 0)
        {
            sumA = TLanes.ShiftLeft(sumA, 4);
            sumB = TLanes.ShiftLeft(sumB, 4);
        }
        a = TLanes.AddInt(a, sumA);
        b = TLanes.AddInt(b, sumB);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddGroup(TInt a, TInt b, float* parameters, in PanelPass pass, sbyte* x, float* sums)
    {
        // Scales and sums lie as the codes do, one per 32.
        nint offset = (nint)(x - pass.Codes) >> SumShift;
        TFloat activationScale = TLanes.Broadcast(pass.Scales[offset]);
        TFloat codeSum = GroupParameters.CodeSum<TLanes, TFloat, TInt>(pass.CodeSums + offset, pass.GroupSize);
        AddStrip(a, TLanes.Load(parameters), TLanes.Load(parameters + 2 * TLanes.Count), activationScale, codeSum, sums);
        AddStrip(b, TLanes.Load(parameters + TLanes.Count), TLanes.Load(parameters + 3 * TLanes.Count), activationScale, codeSum, sums + TLanes.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStrip(TInt dot, TFloat scale, TFloat negatedZero, TFloat activationScale, TFloat codeSum, float* sum) =>
        TLanes.Store(CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.AddGroup(TLanes.Load(sum), dot, scale, negatedZero, activationScale, codeSum), sum);
}
