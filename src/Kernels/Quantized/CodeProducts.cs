using System.Runtime.CompilerServices;

namespace MoEQuant.Kernels;

/// <summary>Dot products of weight codes as <see cref="ICodes.ReadBytes16"/> gives them and activation codes.</summary>
/// <remarks>Codes of eight bits exceed what <see cref="IDots{TInt}"/> takes: their nibbles are multiplied apart, q = low + 16 · high.</remarks>
internal static class CodeProducts<TLanes, TFloat, TInt, TDots, TCodes>
    where TLanes : ILanes<TFloat, TInt>
    where TFloat : struct
    where TInt : struct
    where TDots : IDots<TInt>
    where TCodes : ICodes
{
    /// <summary>Whether codes have a high nibble.</summary>
    public static bool HasHigh => TCodes.Bits == 8;

    /// <summary>The low nibble of every byte, the whole code where it has at most four bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Low(TInt codes) => HasHigh ? TLanes.And(codes, TLanes.BroadcastInt(0x0F0F0F0F)) : codes;

    /// <summary>The high nibble of every byte; only where there is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt High(TInt codes) => TLanes.And(TLanes.ShiftRight(codes, 4), TLanes.BroadcastInt(0x0F0F0F0F));

    /// <summary>Adds the products of four columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(TInt codes, TInt x, ref TInt low, ref TInt high)
    {
        low = TDots.AddProducts(low, Low(codes), x);
        if (HasHigh)
            high = TDots.AddProducts(high, High(codes), x);
    }

    /// <summary>What was added as numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TInt Total(TInt low, TInt high) =>
        HasHigh ? TLanes.AddInt(TDots.Total(low), TLanes.ShiftLeft(TDots.Total(high), 4)) : TDots.Total(low);

    /// <summary>sum + s·σ·(dot − z·S) of one group: the only inexact step.</summary>
    /// <remarks>
    /// Both sums are fused multiply-adds, on every instruction set and in the scalar kernel: results have the same bits everywhere. dot and S are exact in
    /// single precision: |dot| ≤ 128 · 255 · 128 &lt; 2²⁴.
    /// </remarks>
    /// <param name="sum">The sum of the groups before.</param>
    /// <param name="dot">Σ q·x.</param>
    /// <param name="scale">s, one per row.</param>
    /// <param name="negatedZero">−z, one per row.</param>
    /// <param name="activationScale">σ in every lane.</param>
    /// <param name="codeSum">S = Σ x in every lane.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TFloat AddGroup(TFloat sum, TInt dot, TFloat scale, TFloat negatedZero, TFloat activationScale, TFloat codeSum)
    {
        TFloat shifted = TLanes.FusedMultiplyAdd(negatedZero, codeSum, TLanes.ToFloat(dot));
        return TLanes.FusedMultiplyAdd(TLanes.Multiply(scale, activationScale), shifted, sum);
    }
}
