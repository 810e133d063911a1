using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>One group of 16 rows, one row per lane, whose columns are quantized in turn with the feedback of those before them.</summary>
/// <remarks>All pointers are 64-byte aligned work space of the caller.</remarks>
internal readonly unsafe struct GroupProblem(GroupScheme scheme, int length, float* weights, float* targets, float* panel, nint stride, float* importance, float* scratch)
{
    private const int Lanes = 16;
    private const int Step = FeedbackProduct.Step;
    private const float RoundingMagic = 12582912f;

    /// <summary>Columns.</summary>
    public int Length => length;

    public GroupScheme Scheme => scheme;

    /// <summary>W_j plus the feedback of all groups before this one, [length][16].</summary>
    public float* Targets => targets;

    /// <summary>Quantizes the group with given parameters.</summary>
    /// <param name="scale">Not negative, as fp16 holds it.</param>
    /// <param name="zeroPoint">As fp16 holds it.</param>
    /// <param name="errors">Receives W − Ŵ [length][16].</param>
    /// <returns>Σ_j d_j (t_j − ŵ_j)²: the group's part of the output error, if what follows could be chosen freely.</returns>
    public Vector512<float> Quantize(Vector512<float> scale, Vector512<float> zeroPoint, float* errors)
    {
        Vector512<float> loss = Vector512<float>.Zero, inverse = HalfLanes.Inverse(scale), zero = loss;
        Vector512<float> max = Vector512.Create((float)scheme.MaxCode), magic = Vector512.Create(RoundingMagic);
        for (int first = 0; first < length; first += Step)
        {
            float* t = scratch;
            for (int k = 0; k < Step; k++)
                Vector512.Load(targets + (first + k) * Lanes).Store(t + k * Lanes);
            FeedbackProduct.AddStep(errors, first, panel + first, stride, t);
            int columns = Math.Min(Step, length - first);
            for (int a = 0; a < columns; a++)
            {
                int column = first + a;
                Vector512<float> target = Vector512.Load(t + a * Lanes);
                Vector512<float> code = Vector512.MinNative(Vector512.MaxNative(target * inverse + zeroPoint, zero), max) + magic - magic;
                Vector512<float> value = (code - zeroPoint) * scale, error = Vector512.Load(weights + column * Lanes) - value, missed = target - value;
                error.Store(errors + column * Lanes);
                loss += missed * missed * Vector512.Create(importance[column]);
                float* feedback = panel + column * stride + first;
                for (int b = a + 1; b < columns; b++)
                    Vector512.FusedMultiplyAdd(error, Vector512.Create(feedback[b]), Vector512.Load(t + b * Lanes)).Store(t + b * Lanes);
            }
        }

        return loss;
    }
}
