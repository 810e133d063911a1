using System.Runtime.CompilerServices;
using ILGPU;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Rounds to half precision by integer operations, which every backend has.</summary>
internal static class HalfRounding
{
    /// <summary>The bits of the nearest half, ties to even. The magnitude must be below 65,520.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ToHalf(float value)
    {
        uint bits = Interop.FloatAsInt(value), sign = (bits >> 16) & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
        // From 2^-14 on: another bias, 13 bits less. Below, halves are multiples of 2^-24, which adding 0.5 rounds to.
        uint normal = magnitude - 0x38000000u;
        normal = (normal + 0x0FFFu + ((normal >> 13) & 1)) >> 13;
        uint denormal = Interop.FloatAsInt(Interop.IntAsFloat(magnitude) + 0.5f) - 0x3F000000u;
        return sign | (magnitude >= 0x38800000u ? normal : denormal);
    }
}
