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

    private static int PairCount => Strips * TLanes.Count;

    /// <summary>Whether codes come in two nibbles.</summary>
    private static bool HasHigh => CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.HasHigh;

    /// <summary>Adds the pass to the results of six tokens.</summary>
    /// <param name="pass">What to multiply.</param>
    /// <param name="token">The first of the tokens.</param>
    /// <param name="sums">Its results: two registers per token, one token after the other.</param>
    [MethodImpl(CompileOptions.Kernel)]
    public static void AddSix(in PanelPass pass, int token, float* sums)
    {
        byte* x0 = pass.Token(token), x1 = pass.Token(token + 1), x2 = pass.Token(token + 2);
        byte* x3 = pass.Token(token + 3), x4 = pass.Token(token + 4), x5 = pass.Token(token + 5);
        byte* panel = pass.Panel;
        int* carry = pass.Carry;
        float* parameters = pass.Parameters;
        nint groupSize = pass.GroupSize, chunk = ChunkColumns(groupSize), column = pass.Column;
        nint scaleAt = pass.Tokens.ScaleOffset + sizeof(float) * (column / ActivationBlock.SumGroup), sumAt = pass.Tokens.SumOffset(pass.GroupSize) + sizeof(float) * (column / groupSize);
        int lastStep = (int)(groupSize / chunk) * (HasHigh ? 2 : 1) - 1;
        for (int group = 0; group < pass.Groups; group++, parameters += Parameters * TLanes.Count)
        {
            TInt a0 = TLanes.BroadcastInt(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            TInt b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
            for (int step = 0; ; step++)
            {
                bool high = HasHigh && (step & 1) != 0;
                byte* codes = high ? panel + pass.HighOffset : panel;
                for (nint at = column, end = column + chunk; at < end; at += 8, codes += 8 * PairCount)
                {
                    TInt a = TLanes.LoadInt(codes), b = TLanes.LoadInt(codes + 4 * TLanes.Count);
                    AddProducts(a, b, x0 + at, ref a0, ref b0);
                    AddProducts(a, b, x1 + at, ref a1, ref b1);
                    AddProducts(a, b, x2 + at, ref a2, ref b2);
                    AddProducts(a, b, x3 + at, ref a3, ref b3);
                    AddProducts(a, b, x4 + at, ref a4, ref b4);
                    AddProducts(a, b, x5 + at, ref a5, ref b5);
                    (a, b) = (TLanes.LoadInt(codes + 4 * PairCount), TLanes.LoadInt(codes + 4 * PairCount + 4 * TLanes.Count));
                    AddProducts(a, b, x0 + at + 4, ref a0, ref b0);
                    AddProducts(a, b, x1 + at + 4, ref a1, ref b1);
                    AddProducts(a, b, x2 + at + 4, ref a2, ref b2);
                    AddProducts(a, b, x3 + at + 4, ref a3, ref b3);
                    AddProducts(a, b, x4 + at + 4, ref a4, ref b4);
                    AddProducts(a, b, x5 + at + 4, ref a5, ref b5);
                }
                Total(high, ref a0, ref b0);
                Total(high, ref a1, ref b1);
                Total(high, ref a2, ref b2);
                Total(high, ref a3, ref b3);
                Total(high, ref a4, ref b4);
                Total(high, ref a5, ref b5);
                if (!HasHigh || high)
                {
                    column += chunk;
                    panel += chunk * PairCount;
                }
                if (step > 0)
                {
                    Resume(carry, 0, ref a0, ref b0);
                    Resume(carry, 1, ref a1, ref b1);
                    Resume(carry, 2, ref a2, ref b2);
                    Resume(carry, 3, ref a3, ref b3);
                    Resume(carry, 4, ref a4, ref b4);
                    Resume(carry, 5, ref a5, ref b5);
                }
                if (step == lastStep)
                    break;
                Keep(carry, 0, ref a0, ref b0);
                Keep(carry, 1, ref a1, ref b1);
                Keep(carry, 2, ref a2, ref b2);
                Keep(carry, 3, ref a3, ref b3);
                Keep(carry, 4, ref a4, ref b4);
                Keep(carry, 5, ref a5, ref b5);
            }
            TFloat scale = TLanes.Load(parameters), zero = TLanes.Load(parameters + 2 * TLanes.Count);
            AddStrip(a0, scale, zero, x0 + scaleAt, x0 + sumAt, sums + 0 * PairCount);
            AddStrip(a1, scale, zero, x1 + scaleAt, x1 + sumAt, sums + 1 * PairCount);
            AddStrip(a2, scale, zero, x2 + scaleAt, x2 + sumAt, sums + 2 * PairCount);
            AddStrip(a3, scale, zero, x3 + scaleAt, x3 + sumAt, sums + 3 * PairCount);
            AddStrip(a4, scale, zero, x4 + scaleAt, x4 + sumAt, sums + 4 * PairCount);
            AddStrip(a5, scale, zero, x5 + scaleAt, x5 + sumAt, sums + 5 * PairCount);
            (scale, zero) = (TLanes.Load(parameters + TLanes.Count), TLanes.Load(parameters + 3 * TLanes.Count));
            AddStrip(b0, scale, zero, x0 + scaleAt, x0 + sumAt, sums + 0 * PairCount + TLanes.Count);
            AddStrip(b1, scale, zero, x1 + scaleAt, x1 + sumAt, sums + 1 * PairCount + TLanes.Count);
            AddStrip(b2, scale, zero, x2 + scaleAt, x2 + sumAt, sums + 2 * PairCount + TLanes.Count);
            AddStrip(b3, scale, zero, x3 + scaleAt, x3 + sumAt, sums + 3 * PairCount + TLanes.Count);
            AddStrip(b4, scale, zero, x4 + scaleAt, x4 + sumAt, sums + 4 * PairCount + TLanes.Count);
            AddStrip(b5, scale, zero, x5 + scaleAt, x5 + sumAt, sums + 5 * PairCount + TLanes.Count);
            scaleAt += sizeof(float) * groupSize / ActivationBlock.SumGroup;
            sumAt += sizeof(float);
        }
    }

    /// <summary>Adds the pass to the results of two tokens.</summary>
    /// <param name="pass">What to multiply.</param>
    /// <param name="token">The first of the tokens.</param>
    /// <param name="second">The second; the first again where there is none, its results are then of no use.</param>
    /// <param name="sums">Two registers per token, one token after the other.</param>
    [MethodImpl(CompileOptions.Kernel)]
    public static void AddTwo(in PanelPass pass, int token, int second, float* sums)
    {
        byte* x0 = pass.Token(token), x1 = pass.Token(second);
        byte* panel = pass.Panel;
        int* carry = pass.Carry;
        float* parameters = pass.Parameters;
        nint groupSize = pass.GroupSize, chunk = ChunkColumns(groupSize), column = pass.Column;
        nint scaleAt = pass.Tokens.ScaleOffset + sizeof(float) * (column / ActivationBlock.SumGroup), sumAt = pass.Tokens.SumOffset(pass.GroupSize) + sizeof(float) * (column / groupSize);
        int lastStep = (int)(groupSize / chunk) * (HasHigh ? 2 : 1) - 1;
        for (int group = 0; group < pass.Groups; group++, parameters += Parameters * TLanes.Count)
        {
            TInt a0 = TLanes.BroadcastInt(0), a1 = a0;
            TInt b0 = a0, b1 = a0;
            for (int step = 0; ; step++)
            {
                bool high = HasHigh && (step & 1) != 0;
                byte* codes = high ? panel + pass.HighOffset : panel;
                for (nint at = column, end = column + chunk; at < end; at += 8, codes += 8 * PairCount)
                {
                    TInt a = TLanes.LoadInt(codes), b = TLanes.LoadInt(codes + 4 * TLanes.Count);
                    AddProducts(a, b, x0 + at, ref a0, ref b0);
                    AddProducts(a, b, x1 + at, ref a1, ref b1);
                    (a, b) = (TLanes.LoadInt(codes + 4 * PairCount), TLanes.LoadInt(codes + 4 * PairCount + 4 * TLanes.Count));
                    AddProducts(a, b, x0 + at + 4, ref a0, ref b0);
                    AddProducts(a, b, x1 + at + 4, ref a1, ref b1);
                }
                Total(high, ref a0, ref b0);
                Total(high, ref a1, ref b1);
                if (!HasHigh || high)
                {
                    column += chunk;
                    panel += chunk * PairCount;
                }
                if (step > 0)
                {
                    Resume(carry, 0, ref a0, ref b0);
                    Resume(carry, 1, ref a1, ref b1);
                }
                if (step == lastStep)
                    break;
                Keep(carry, 0, ref a0, ref b0);
                Keep(carry, 1, ref a1, ref b1);
            }
            TFloat scale = TLanes.Load(parameters), zero = TLanes.Load(parameters + 2 * TLanes.Count);
            AddStrip(a0, scale, zero, x0 + scaleAt, x0 + sumAt, sums + 0 * PairCount);
            AddStrip(a1, scale, zero, x1 + scaleAt, x1 + sumAt, sums + 1 * PairCount);
            (scale, zero) = (TLanes.Load(parameters + TLanes.Count), TLanes.Load(parameters + 3 * TLanes.Count));
            AddStrip(b0, scale, zero, x0 + scaleAt, x0 + sumAt, sums + 0 * PairCount + TLanes.Count);
            AddStrip(b1, scale, zero, x1 + scaleAt, x1 + sumAt, sums + 1 * PairCount + TLanes.Count);
            scaleAt += sizeof(float) * groupSize / ActivationBlock.SumGroup;
            sumAt += sizeof(float);
        }
    }

    /// <summary>Columns after which sums must become numbers: a whole group or a part of it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nint ChunkColumns(nint groupSize) => Math.Min(groupSize, 4 * TDots.MostAdditions(TCodes.Bits));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddProducts(TInt a, TInt b, byte* x, ref TInt sumA, ref TInt sumB)
    {
        TInt value = TLanes.BroadcastInt(Unsafe.ReadUnaligned<int>(x));
        sumA = TDots.AddProducts(sumA, a, value);
        sumB = TDots.AddProducts(sumB, b, value);
    }

    /// <summary>Makes numbers of sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Total(bool high, ref TInt a, ref TInt b)
    {
        (a, b) = (TDots.Total(a), TDots.Total(b));
        if (HasHigh && high)
            (a, b) = (TLanes.ShiftLeft(a, 4), TLanes.ShiftLeft(b, 4));
    }

    /// <summary>Keeps a token's totals and begins again.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(int* carry, int index, ref TInt a, ref TInt b)
    {
        TLanes.StoreInt(a, carry + index * PairCount);
        TLanes.StoreInt(b, carry + index * PairCount + TLanes.Count);
        a = b = TLanes.BroadcastInt(0);
    }

    /// <summary>Adds what was kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Resume(int* carry, int index, ref TInt a, ref TInt b)
    {
        a = TLanes.AddInt(a, TLanes.LoadInt((byte*)(carry + index * PairCount)));
        b = TLanes.AddInt(b, TLanes.LoadInt((byte*)(carry + index * PairCount + TLanes.Count)));
    }

    // One strip after the other: its scales and zero points stay in registers for all tokens.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddStrip(TInt dot, TFloat scale, TFloat negatedZero, byte* activationScale, byte* codeSum, float* sum) =>
        TLanes.Store(
            CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>.AddGroup(TLanes.Load(sum), dot, scale, negatedZero, TLanes.Broadcast(*(float*)activationScale), TLanes.Broadcast(*(float*)codeSum)), sum);
}
