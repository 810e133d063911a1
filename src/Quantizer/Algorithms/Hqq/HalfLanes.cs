using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace MoEQuant.Quantizer.Algorithms.Hqq;

/// <summary>Sixteen fp16 numbers as the lanes of a float vector.</summary>
internal static class HalfLanes
{
    /// <summary>The nearest fp16 of each lane, ties to even. Lanes beyond fp16 are limited to its largest number.</summary>
    public static Vector512<float> Round(Vector512<float> values)
    {
        Span<float> lanes = stackalloc float[16];
        Span<Half> halves = stackalloc Half[16];
        Vector512<float> limit = Vector512.Create((float)Half.MaxValue);
        Vector512.MinNative(Vector512.MaxNative(values, -limit), limit).CopyTo(lanes);
        TensorPrimitives.ConvertToHalf(lanes, halves);
        TensorPrimitives.ConvertToSingle(halves, lanes);
        return Vector512.Create<float>(lanes);
    }

    /// <summary>1/x, and zero where x is zero.</summary>
    public static Vector512<float> Inverse(Vector512<float> values) =>
        Vector512.ConditionalSelect(Vector512.Equals(values, Vector512<float>.Zero), Vector512<float>.Zero, Vector512<float>.One / values);
}
