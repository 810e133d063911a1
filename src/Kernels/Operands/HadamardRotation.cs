using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace MoEQuant.Kernels;

/// <summary>
/// Multiplies consecutive blocks of B values by the Hadamard matrix of order B, H[i, j] = (−1)^popcount(i &amp; j) / √B: a rotation that spreads an
/// outlier over its block, so that quantized activations keep their steps fine (QuaRot, arXiv 2404.00456; in blocks as in DuQuant, arXiv 2406.01721).
/// </summary>
/// <remarks>
/// H is symmetric and its own inverse. The fast Walsh–Hadamard transform adds and subtracts pairs at distances 1, 2, 4 … B / 2 and scales once: B · log₂ B
/// additions, each lane for itself, so the bits do not depend on the width of the registers.
/// </remarks>
public static class HadamardRotation
{
    /// <summary>Rotates values in place.</summary>
    /// <param name="values">The values; a multiple of <paramref name="block"/>.</param>
    /// <param name="block">B, a power of two, at least 4.</param>
    /// <exception cref="ArgumentException">The block is not such a number or does not divide the length.</exception>
    public static void Apply(Span<float> values, int block)
    {
        if (block < 4 || !BitOperations.IsPow2(block) || values.Length % block != 0)
            throw new ArgumentException($"Blocks of {block} do not fit {values.Length} values.", nameof(block));
        float scale = 1 / MathF.Sqrt(block);
        for (int first = 0; first < values.Length; first += block)
        {
            Span<Vector128<float>> registers = MemoryMarshal.Cast<float, Vector128<float>>(values.Slice(first, block));
            foreach (ref Vector128<float> register in registers)
                register = WithinRegister(register);
            for (int half = 1; half < registers.Length; half *= 2)
                Butterflies(registers, half);
            foreach (ref Vector128<float> register in registers)
                register *= scale;
        }
    }

    // Distances 1 and 2: (a, b, c, d) becomes (a + b, a − b, c + d, c − d), then pairs of those.
    private static Vector128<float> WithinRegister(Vector128<float> x)
    {
        x = (x * Vector128.Create(1f, -1, 1, -1)) + Vector128.Shuffle(x, Vector128.Create(1, 0, 3, 2));
        return (x * Vector128.Create(1f, 1, -1, -1)) + Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1));
    }

    private static void Butterflies(Span<Vector128<float>> registers, int half)
    {
        for (int start = 0; start < registers.Length; start += 2 * half)
        {
            Span<Vector128<float>> upper = registers.Slice(start, half), lower = registers.Slice(start + half, half);
            for (int index = 0; index < upper.Length; index++)
            {
                Vector128<float> a = upper[index], b = lower[index];
                upper[index] = a + b;
                lower[index] = a - b;
            }
        }
    }
}
