using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>The codes that errors stand for.</summary>
internal static unsafe class GroupCodes
{
    private const int Lanes = 16;
    private const float RoundingMagic = 12582912f;

    /// <summary>Codes of W − D, as floats: W − D is (q − z)·s up to the last bit, and zero points of at most 65504 keep that far below half a code.</summary>
    /// <param name="weights">W [length][16].</param>
    /// <param name="errors">D [length][16].</param>
    /// <param name="length">Columns.</param>
    /// <param name="scheme">Bits.</param>
    /// <param name="scale">Scales.</param>
    /// <param name="zeroPoint">Zero points.</param>
    /// <param name="codes">Receives [length][16].</param>
    public static void Recover(float* weights, float* errors, int length, GroupScheme scheme, Vector512<float> scale, Vector512<float> zeroPoint, float* codes)
    {
        Vector512<float> inverse = HalfLanes.Inverse(scale), max = Vector512.Create((float)scheme.MaxCode), magic = Vector512.Create(RoundingMagic);
        for (int k = 0; k < length; k++)
        {
            Vector512<float> value = Vector512.Load(weights + k * Lanes) - Vector512.Load(errors + k * Lanes);
            (Vector512.MinNative(Vector512.MaxNative(value * inverse + zeroPoint, Vector512<float>.Zero), max) + magic - magic).Store(codes + k * Lanes);
        }
    }
}
