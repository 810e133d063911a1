using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>The register-blocked heart of the batch product with quantized activations: two registers of rows times six tokens.</summary>
/// <remarks>
/// Per four columns two loads of codes and six broadcasts feed twelve dot products. Twelve sums, two registers of codes, one broadcast and one
/// product fill the sixteen registers of AVX2. Every 32 columns the sums become numbers (<see cref="IDots{TInt}.MostAdditions"/>).
/// </remarks>
internal static unsafe class DotKernel<TLanes, TFloat, TInt, TDots>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
{
    /// <summary>Tokens computed together.</summary>
    public const int Tokens = MicroKernel<TLanes, TFloat, TInt>.Tokens;

    /// <summary>Registers of rows computed together.</summary>
    public const int Strips = MicroKernel<TLanes, TFloat, TInt>.Strips;

    /// <summary>Columns after which sums become numbers.</summary>
    private const int Columns = 4 * IDots<TInt>.MostAdditions;

    /// <summary>dots[t, strip] = Σ panel[m, strip] · x_t[4m … 4m + 3] for m = 0 … 8 · chunks − 1; panel and dots in units of registers.</summary>
    /// <param name="panel">Codes 0..15, four columns per lane: 8 · chunks × 2 registers.</param>
    /// <param name="chunks">How often 32 columns.</param>
    /// <param name="x">Activations of the first token.</param>
    /// <param name="offsets">Distance of each of the six tokens from the first, in values.</param>
    /// <param name="dots">Receives 6 × 2 registers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* panel, int chunks, sbyte* x, nint* offsets, int* dots)
    {
        sbyte* x0 = x + offsets[0], x1 = x + offsets[1], x2 = x + offsets[2], x3 = x + offsets[3], x4 = x + offsets[4], x5 = x + offsets[5];
        nint column = 0;
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            TInt a0 = TLanes.BroadcastInt(0), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0;
            TInt b0 = a0, b1 = a0, b2 = a0, b3 = a0, b4 = a0, b5 = a0;
            for (nint end = column + Columns; column < end; column += 4, panel += 4 * Strips * TLanes.Count)
            {
                TInt a = TLanes.LoadInt(panel), b = TLanes.LoadInt(panel + 4 * TLanes.Count);
                AddToken(a, b, x0 + column, ref a0, ref b0);
                AddToken(a, b, x1 + column, ref a1, ref b1);
                AddToken(a, b, x2 + column, ref a2, ref b2);
                AddToken(a, b, x3 + column, ref a3, ref b3);
                AddToken(a, b, x4 + column, ref a4, ref b4);
                AddToken(a, b, x5 + column, ref a5, ref b5);
            }
            StoreToken(dots, 0, a0, b0, chunk > 0);
            StoreToken(dots, 1, a1, b1, chunk > 0);
            StoreToken(dots, 2, a2, b2, chunk > 0);
            StoreToken(dots, 3, a3, b3, chunk > 0);
            StoreToken(dots, 4, a4, b4, chunk > 0);
            StoreToken(dots, 5, a5, b5, chunk > 0);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddToken(TInt a, TInt b, sbyte* x, ref TInt sumA, ref TInt sumB)
    {
        TInt value = TLanes.BroadcastInt(Unsafe.ReadUnaligned<int>(x));
        sumA = TDots.AddProducts(sumA, a, value);
        sumB = TDots.AddProducts(sumB, b, value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreToken(int* dots, int token, TInt a, TInt b, bool add)
    {
        a = TDots.Total(a);
        b = TDots.Total(b);
        dots += token * Strips * TLanes.Count;
        if (add)
        {
            a = TLanes.AddInt(a, TLanes.LoadInt((byte*)dots));
            b = TLanes.AddInt(b, TLanes.LoadInt((byte*)(dots + TLanes.Count)));
        }
        TLanes.StoreInt(a, dots);
        TLanes.StoreInt(b, dots + TLanes.Count);
    }
}
