using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Finds scale and zero point of 16 groups by trying them out: what counts is the loss after error feedback, not the rounding error before it.</summary>
internal static unsafe class ParameterSearch
{
    private const int Lanes = 16;

    /// <summary>Ranges smaller than [min, max] that are tried first: at 3 bits cutting off the ends pays nearly always.</summary>
    private const int ShrinkSteps = 10;
    private const float ShrinkStep = 0.05f;

    public static (Vector512<float> Scale, Vector512<float> ZeroPoint) Find(in GroupProblem problem, float* errors)
    {
        (Vector512<float> startScale, Vector512<float> startZero) = Start(problem);
        Vector512<float> scale = startScale, zeroPoint = startZero, loss = Vector512.Create(float.PositiveInfinity);
        for (int step = 0; step <= ShrinkSteps; step++)
            Try(problem, errors, startScale * Vector512.Create(1 - step * ShrinkStep), Centred(problem, startScale, startZero, 1 - step * ShrinkStep), ref scale, ref zeroPoint, ref loss);
        return (scale, zeroPoint);
    }

    /// <summary>The zero point that keeps the middle of the range where it is when the scale becomes <paramref name="factor"/> times as large.</summary>
    private static Vector512<float> Centred(in GroupProblem problem, Vector512<float> scale, Vector512<float> zeroPoint, float factor)
    {
        if (problem.Scheme.Symmetric)
            return zeroPoint;
        Vector512<float> middle = Vector512.Create(problem.Scheme.MaxCode / 2f);
        return Vector512.ConditionalSelect(Vector512.Equals(scale, Vector512<float>.Zero), zeroPoint, middle - (middle - zeroPoint) / Vector512.Create(factor));
    }

    private static void Try(in GroupProblem problem, float* errors, Vector512<float> candidateScale, Vector512<float> candidateZero,
        ref Vector512<float> scale, ref Vector512<float> zeroPoint, ref Vector512<float> loss)
    {
        candidateScale = HalfLanes.Round(candidateScale);
        candidateZero = HalfLanes.Round(candidateZero);
        Vector512<float> candidateLoss = problem.Quantize(candidateScale, candidateZero, errors, null);
        Vector512<float> better = Vector512.LessThan(candidateLoss, loss);
        scale = Vector512.ConditionalSelect(better, candidateScale, scale);
        zeroPoint = Vector512.ConditionalSelect(better, candidateZero, zeroPoint);
        loss = Vector512.ConditionalSelect(better, candidateLoss, loss);
    }

    private static (Vector512<float> Scale, Vector512<float> ZeroPoint) Start(in GroupProblem problem)
    {
        Vector512<float> lowest = Vector512.Load(problem.Targets), highest = lowest;
        for (int k = 1; k < problem.Length; k++)
        {
            Vector512<float> target = Vector512.Load(problem.Targets + k * Lanes);
            lowest = Vector512.MinNative(lowest, target);
            highest = Vector512.MaxNative(highest, target);
        }

        Span<float> scales = stackalloc float[Lanes], zeroPoints = stackalloc float[Lanes];
        for (int lane = 0; lane < Lanes; lane++)
            (scales[lane], zeroPoints[lane]) = Start(problem.Scheme, lowest[lane], highest[lane]);
        return (Vector512.Create<float>(scales), Vector512.Create<float>(zeroPoints));
    }

    private static (float Scale, float ZeroPoint) Start(GroupScheme scheme, float lowest, float highest)
    {
        if (scheme.Symmetric)
            return ((float)GroupStart.Symmetric(lowest, highest, scheme.MiddleCode), scheme.MiddleCode);
        (Half scale, float zeroPoint) = GroupStart.Asymmetric(lowest, highest, scheme.MaxCode);
        return ((float)scale, zeroPoint);
    }
}
