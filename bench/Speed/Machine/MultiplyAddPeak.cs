using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace MoEQuant.Speed.Machine;

/// <summary>Multiplies and adds in registers alone, in sixteen independent chains: the limit of every kernel that computes much per byte.</summary>
/// <remarks>Each step's result is its next input, so that nothing can be taken out of the loop.</remarks>
internal static class MultiplyAddPeak
{
    private const int Chains = 16;

    /// <summary>The widest multiply-add of single precision.</summary>
    public static Peak Float { get; } =
        Avx512F.IsSupported ? new("512-bit FMA", Vector512<float>.Count, Float512)
        : Fma.IsSupported ? new("256-bit FMA", Vector256<float>.Count, Float256)
        : new("128-bit multiply-add", Vector128<float>.Count, Float128);

    /// <summary>
    /// The multiply-adds of bytes that .NET offers here. Where no instruction does both, as VPDPBUSD and SDOT do, it is VPMADDUBSW followed by the addition of 16-bit sums, since a product that is not added up is no
    /// multiply-add.
    /// </summary>
    public static IReadOnlyList<Peak> Integer { get; } = FindInteger();

    private static Peak[] FindInteger()
    {
        List<Peak> peaks = [];
        if (Avx512BW.IsSupported)
            peaks.Add(new("512-bit VPMADDUBSW + VPADDW", Vector512<byte>.Count, Bytes512));
        if (AvxVnni.IsSupported)
            peaks.Add(new("256-bit VPDPBUSD", Vector256<byte>.Count, BytesVnni));
        if (peaks.Count == 0 && Avx2.IsSupported)
            peaks.Add(new("256-bit VPMADDUBSW + VPADDW", Vector256<byte>.Count, Bytes256));
        if (Dp.IsSupported)
            peaks.Add(new("128-bit SDOT", Vector128<byte>.Count, BytesArm));
        return [.. peaks];
    }

    /// <summary>One instruction and how much it does.</summary>
    /// <param name="Name">The instruction.</param>
    /// <param name="Products">Products per instruction.</param>
    /// <param name="Loop">Runs it so many times in every chain.</param>
    internal sealed record Peak(string Name, int Products, Func<int, int> Loop)
    {
        /// <summary>Operations of a loop: a multiplication and an addition per product.</summary>
        public double Operations(int steps) => 2.0 * Products * Chains * steps;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Float512(int steps)
    {
        Vector512<float> x = Vector512.Create(0.5f), y = Vector512.Create(1f);
        Vector512<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y, m = y, n = y, o = y, p = y;
        for (int step = 0; step < steps; step++)
        {
            a = Avx512F.FusedMultiplyAdd(a, x, y); b = Avx512F.FusedMultiplyAdd(b, x, y); c = Avx512F.FusedMultiplyAdd(c, x, y); d = Avx512F.FusedMultiplyAdd(d, x, y);
            e = Avx512F.FusedMultiplyAdd(e, x, y); f = Avx512F.FusedMultiplyAdd(f, x, y); g = Avx512F.FusedMultiplyAdd(g, x, y); h = Avx512F.FusedMultiplyAdd(h, x, y);
            i = Avx512F.FusedMultiplyAdd(i, x, y); j = Avx512F.FusedMultiplyAdd(j, x, y); k = Avx512F.FusedMultiplyAdd(k, x, y); l = Avx512F.FusedMultiplyAdd(l, x, y);
            m = Avx512F.FusedMultiplyAdd(m, x, y); n = Avx512F.FusedMultiplyAdd(n, x, y); o = Avx512F.FusedMultiplyAdd(o, x, y); p = Avx512F.FusedMultiplyAdd(p, x, y);
        }

        return (int)Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Float256(int steps)
    {
        Vector256<float> x = Vector256.Create(0.5f), y = Vector256.Create(1f);
        Vector256<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y, i = y, j = y, k = y, l = y;
        for (int step = 0; step < steps * Chains / 12; step++)
        {
            a = Fma.MultiplyAdd(a, x, y); b = Fma.MultiplyAdd(b, x, y); c = Fma.MultiplyAdd(c, x, y); d = Fma.MultiplyAdd(d, x, y);
            e = Fma.MultiplyAdd(e, x, y); f = Fma.MultiplyAdd(f, x, y); g = Fma.MultiplyAdd(g, x, y); h = Fma.MultiplyAdd(h, x, y);
            i = Fma.MultiplyAdd(i, x, y); j = Fma.MultiplyAdd(j, x, y); k = Fma.MultiplyAdd(k, x, y); l = Fma.MultiplyAdd(l, x, y);
        }

        return (int)Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Float128(int steps)
    {
        Vector128<float> x = Vector128.Create(0.5f), y = Vector128.Create(1f);
        Vector128<float> a = y, b = y, c = y, d = y, e = y, f = y, g = y, h = y;
        for (int step = 0; step < steps * Chains / 8; step++)
        {
            a = Vector128.MultiplyAddEstimate(a, x, y); b = Vector128.MultiplyAddEstimate(b, x, y); c = Vector128.MultiplyAddEstimate(c, x, y); d = Vector128.MultiplyAddEstimate(d, x, y);
            e = Vector128.MultiplyAddEstimate(e, x, y); f = Vector128.MultiplyAddEstimate(f, x, y); g = Vector128.MultiplyAddEstimate(g, x, y); h = Vector128.MultiplyAddEstimate(h, x, y);
        }

        return (int)Vector128.Sum(a + b + c + d + e + f + g + h);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Bytes512(int steps)
    {
        Vector512<sbyte> x = Vector512.Create((sbyte)3);
        Vector512<short> a = Vector512.Create((short)1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a, m = a, n = a, o = a, p = a;
        for (int step = 0; step < steps; step++)
        {
            a += Avx512BW.MultiplyAddAdjacent(a.AsByte(), x); b += Avx512BW.MultiplyAddAdjacent(b.AsByte(), x); c += Avx512BW.MultiplyAddAdjacent(c.AsByte(), x); d += Avx512BW.MultiplyAddAdjacent(d.AsByte(), x);
            e += Avx512BW.MultiplyAddAdjacent(e.AsByte(), x); f += Avx512BW.MultiplyAddAdjacent(f.AsByte(), x); g += Avx512BW.MultiplyAddAdjacent(g.AsByte(), x); h += Avx512BW.MultiplyAddAdjacent(h.AsByte(), x);
            i += Avx512BW.MultiplyAddAdjacent(i.AsByte(), x); j += Avx512BW.MultiplyAddAdjacent(j.AsByte(), x); k += Avx512BW.MultiplyAddAdjacent(k.AsByte(), x); l += Avx512BW.MultiplyAddAdjacent(l.AsByte(), x);
            m += Avx512BW.MultiplyAddAdjacent(m.AsByte(), x); n += Avx512BW.MultiplyAddAdjacent(n.AsByte(), x); o += Avx512BW.MultiplyAddAdjacent(o.AsByte(), x); p += Avx512BW.MultiplyAddAdjacent(p.AsByte(), x);
        }

        return Vector512.Sum(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Bytes256(int steps)
    {
        Vector256<sbyte> x = Vector256.Create((sbyte)3);
        Vector256<short> a = Vector256.Create((short)1), b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (int step = 0; step < steps * Chains / 12; step++)
        {
            a += Avx2.MultiplyAddAdjacent(a.AsByte(), x); b += Avx2.MultiplyAddAdjacent(b.AsByte(), x); c += Avx2.MultiplyAddAdjacent(c.AsByte(), x); d += Avx2.MultiplyAddAdjacent(d.AsByte(), x);
            e += Avx2.MultiplyAddAdjacent(e.AsByte(), x); f += Avx2.MultiplyAddAdjacent(f.AsByte(), x); g += Avx2.MultiplyAddAdjacent(g.AsByte(), x); h += Avx2.MultiplyAddAdjacent(h.AsByte(), x);
            i += Avx2.MultiplyAddAdjacent(i.AsByte(), x); j += Avx2.MultiplyAddAdjacent(j.AsByte(), x); k += Avx2.MultiplyAddAdjacent(k.AsByte(), x); l += Avx2.MultiplyAddAdjacent(l.AsByte(), x);
        }

        return Vector256.Sum(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int BytesVnni(int steps)
    {
        Vector256<sbyte> x = Vector256.Create((sbyte)3);
        Vector256<byte> y = Vector256.Create((byte)5);
        Vector256<int> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a;
        for (int step = 0; step < steps * Chains / 12; step++)
        {
            a = AvxVnni.MultiplyWideningAndAdd(a, y, x); b = AvxVnni.MultiplyWideningAndAdd(b, y, x); c = AvxVnni.MultiplyWideningAndAdd(c, y, x); d = AvxVnni.MultiplyWideningAndAdd(d, y, x);
            e = AvxVnni.MultiplyWideningAndAdd(e, y, x); f = AvxVnni.MultiplyWideningAndAdd(f, y, x); g = AvxVnni.MultiplyWideningAndAdd(g, y, x); h = AvxVnni.MultiplyWideningAndAdd(h, y, x);
            i = AvxVnni.MultiplyWideningAndAdd(i, y, x); j = AvxVnni.MultiplyWideningAndAdd(j, y, x); k = AvxVnni.MultiplyWideningAndAdd(k, y, x); l = AvxVnni.MultiplyWideningAndAdd(l, y, x);
        }

        return Vector256.Sum(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int BytesArm(int steps)
    {
        Vector128<sbyte> x = Vector128.Create((sbyte)3);
        Vector128<int> a = default, b = a, c = a, d = a, e = a, f = a, g = a, h = a, i = a, j = a, k = a, l = a, m = a, n = a, o = a, p = a;
        for (int step = 0; step < steps; step++)
        {
            a = Dp.DotProduct(a, x, x); b = Dp.DotProduct(b, x, x); c = Dp.DotProduct(c, x, x); d = Dp.DotProduct(d, x, x);
            e = Dp.DotProduct(e, x, x); f = Dp.DotProduct(f, x, x); g = Dp.DotProduct(g, x, x); h = Dp.DotProduct(h, x, x);
            i = Dp.DotProduct(i, x, x); j = Dp.DotProduct(j, x, x); k = Dp.DotProduct(k, x, x); l = Dp.DotProduct(l, x, x);
            m = Dp.DotProduct(m, x, x); n = Dp.DotProduct(n, x, x); o = Dp.DotProduct(o, x, x); p = Dp.DotProduct(p, x, x);
        }

        return Vector128.Sum(a ^ b ^ c ^ d ^ e ^ f ^ g ^ h ^ i ^ j ^ k ^ l ^ m ^ n ^ o ^ p);
    }
}
