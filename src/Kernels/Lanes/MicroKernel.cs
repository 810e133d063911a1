using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>The register-blocked heart of the batch products: two registers of rows times six tokens.</summary>
/// <remarks>
/// Twelve accumulators stay in registers. Per column two loads of weights and six broadcasts of activations feed twelve multiply-adds, so
/// that the multiply-add
/// units and not the load units are the limit, and twelve independent chains hide the latency of a multiply-add on every processor of
/// today; with two
/// registers of weights and one broadcast this fits the sixteen registers of AVX2.
/// </remarks>
internal static unsafe class MicroKernel<TLanes, TFloat, TInt>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
{
    /// <summary>Tokens computed together.</summary>
    public const int Tokens = 6;

    /// <summary>Registers of rows computed together.</summary>
    public const int Strips = 2;

    /// <summary>dots[t, strip] = Σ_m panel[m, strip] · x_t[m · step] for m = 0..count − 1 in ascending order; everything in units of
    /// registers but x.</summary>
    /// <param name="panel">Weights: count × 2 registers.</param>
    /// <param name="count">Columns to add up.</param>
    /// <param name="x">Activations of the first token.</param>
    /// <param name="offsets">Distance of each of the six tokens from the first, in values.</param>
    /// <param name="step">Distance of two columns' activations in values.</param>
    /// <param name="dots">Receives 6 × 2 registers.</param>
    [MethodImpl(CompileOptions.Kernel)]
    public static void Run(float* panel, int count, float* x, nint* offsets, int step, float* dots)
    {
        float* x0 = x + offsets[0], x1 = x + offsets[1], x2 = x + offsets[2], x3 = x + offsets[3], x4 = x + offsets[4], x5 = x + offsets[5];
        TFloat a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero, a4 = TLanes.Zero, a5 = TLanes.Zero;
        TFloat b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero, b4 = TLanes.Zero, b5 = TLanes.Zero;
        nint column = 0;
        for (float* end = panel + count * Strips * TLanes.Count; panel != end; panel += Strips * TLanes.Count, column += step)
        {
            TFloat a = TLanes.Load(panel), b = TLanes.Load(panel + TLanes.Count);
            TFloat value = TLanes.Broadcast(x0[column]);
            a0 = TLanes.MultiplyAdd(a, value, a0);
            b0 = TLanes.MultiplyAdd(b, value, b0);
            value = TLanes.Broadcast(x1[column]);
            a1 = TLanes.MultiplyAdd(a, value, a1);
            b1 = TLanes.MultiplyAdd(b, value, b1);
            value = TLanes.Broadcast(x2[column]);
            a2 = TLanes.MultiplyAdd(a, value, a2);
            b2 = TLanes.MultiplyAdd(b, value, b2);
            value = TLanes.Broadcast(x3[column]);
            a3 = TLanes.MultiplyAdd(a, value, a3);
            b3 = TLanes.MultiplyAdd(b, value, b3);
            value = TLanes.Broadcast(x4[column]);
            a4 = TLanes.MultiplyAdd(a, value, a4);
            b4 = TLanes.MultiplyAdd(b, value, b4);
            value = TLanes.Broadcast(x5[column]);
            a5 = TLanes.MultiplyAdd(a, value, a5);
            b5 = TLanes.MultiplyAdd(b, value, b5);
        }
        StoreToken(dots, 0, a0, b0);
        StoreToken(dots, 1, a1, b1);
        StoreToken(dots, 2, a2, b2);
        StoreToken(dots, 3, a3, b3);
        StoreToken(dots, 4, a4, b4);
        StoreToken(dots, 5, a5, b5);
    }

    /// <summary>The distances of six tokens from the first of them. Where a batch ends, its last token is computed again instead of reading
    /// beyond it.</summary>
    public static void FillOffsets(nint* offsets, int available, nint stride)
    {
        for (int token = 0; token < Tokens; token++)
            offsets[token] = Math.Min(token, available - 1) * stride;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreToken(float* dots, int token, TFloat a, TFloat b)
    {
        TLanes.Store(a, dots + token * Strips * TLanes.Count);
        TLanes.Store(b, dots + (token * Strips + 1) * TLanes.Count);
    }
}
