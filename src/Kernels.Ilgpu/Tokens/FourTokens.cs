using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Operations on one number of each of four tokens.</summary>
internal static class FourTokens
{
    /// <summary>Reads the numbers of the tokens first … first + 3, zeros for those that do not exist.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="start">The number of token 0.</param>
    /// <param name="stride">From token to token.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">Tokens that exist.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Read(ArrayView<float> values, long start, int stride, int first, int count) =>
        new(
            first < count ? values[start + ((long)first * stride)] : 0,
            first + 1 < count ? values[start + ((first + 1L) * stride)] : 0,
            first + 2 < count ? values[start + ((first + 2L) * stride)] : 0,
            first + 3 < count ? values[start + ((first + 3L) * stride)] : 0);

    /// <summary>silu(gate) · up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Float4 Activate(Float4 gate, Float4 up) =>
        new(DeviceMath.Silu(gate.X) * up.X, DeviceMath.Silu(gate.Y) * up.Y, DeviceMath.Silu(gate.Z) * up.Z, DeviceMath.Silu(gate.W) * up.W);

    /// <summary>Writes what <see cref="Read"/> reads.</summary>
    /// <param name="numbers">The numbers.</param>
    /// <param name="values">Receives them.</param>
    /// <param name="start">The number of token 0.</param>
    /// <param name="stride">From token to token.</param>
    /// <param name="first">The first token.</param>
    /// <param name="count">Tokens that exist.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write(Float4 numbers, ArrayView<float> values, long start, int stride, int first, int count)
    {
        if (first < count)
            values[start + ((long)first * stride)] = numbers.X;
        if (first + 1 < count)
            values[start + ((first + 1L) * stride)] = numbers.Y;
        if (first + 2 < count)
            values[start + ((first + 2L) * stride)] = numbers.Z;
        if (first + 3 < count)
            values[start + ((first + 3L) * stride)] = numbers.W;
    }
}
