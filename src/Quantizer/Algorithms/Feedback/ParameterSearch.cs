using System.Runtime.Intrinsics;
using MoEQuant.Quantizer.Algorithms.Hqq;

namespace MoEQuant.Quantizer.Algorithms.Feedback;

/// <summary>Finds scale and zero point of 16 groups by trying them out: what counts is the loss after error feedback, not the rounding error before it.</summary>
internal unsafe ref struct ParameterSearch
{
    private const int Lanes = 16;

    /// <summary>Ranges smaller than [min, max] that are tried first: at 3 bits cutting off the ends pays nearly always.</summary>
    private const int ShrinkSteps = 10;
    private const float ShrinkStep = 0.05f;

    /// <summary>Rounds of neighbours of the best so far; their distance halves every second round.</summary>
    private const int RefinementRounds = 4;
    private const float FirstScaleDistance = 0.04f;
    private const float FirstZeroPointDistance = 0.25f;

    private readonly GroupProblem _problem;
    private readonly float* _errors;
    private Vector512<float> _scale;
    private Vector512<float> _zeroPoint;
    private Vector512<float> _loss;

    private ParameterSearch(in GroupProblem problem, float* errors)
    {
        _problem = problem;
        _errors = errors;
        _loss = Vector512.Create(float.PositiveInfinity);
        (_scale, _zeroPoint) = Start(problem);
    }

    /// <summary>Searches.</summary>
    /// <param name="problem">The groups.</param>
    /// <param name="errors">Work space [length][16]; <see cref="GroupProblem.Quantize"/> leaves its errors there.</param>
    /// <returns>Scales and zero points that fp16 holds exactly.</returns>
    public static (Vector512<float> Scale, Vector512<float> ZeroPoint) Find(in GroupProblem problem, float* errors)
    {
        ParameterSearch search = new(problem, errors);
        Vector512<float> scale = search._scale, zeroPoint = search._zeroPoint;
        for (int step = 0; step <= ShrinkSteps; step++)
            search.TryScaled(scale, zeroPoint, 1 - step * ShrinkStep);
        search.Refine();
        return (search._scale, search._zeroPoint);
    }

    private void Refine()
    {
        float scaleDistance = FirstScaleDistance, zeroPointDistance = FirstZeroPointDistance;
        for (int round = 0; round < RefinementRounds; round++)
        {
            TryScaled(_scale, _zeroPoint, 1 + scaleDistance);
            TryScaled(_scale, _zeroPoint, 1 - scaleDistance);
            if (!_problem.Scheme.Symmetric)
            {
                Try(_scale, _zeroPoint + Vector512.Create(zeroPointDistance));
                Try(_scale, _zeroPoint - Vector512.Create(zeroPointDistance));
            }

            if (round % 2 == 1)
                (scaleDistance, zeroPointDistance) = (scaleDistance / 2, zeroPointDistance / 2);
        }
    }

    /// <summary>Tries a scale <paramref name="factor"/> times as large, the middle of the range staying where it is.</summary>
    private void TryScaled(Vector512<float> scale, Vector512<float> zeroPoint, float factor)
    {
        Vector512<float> middle = Vector512.Create(_problem.Scheme.MaxCode / 2f), moved = zeroPoint;
        // A group of one value has no range; its zero point 0 or 1 must stay what it is.
        if (!_problem.Scheme.Symmetric)
            moved = Vector512.ConditionalSelect(Vector512.Equals(scale, Vector512<float>.Zero), zeroPoint, middle - (middle - zeroPoint) / Vector512.Create(factor));
        Try(scale * Vector512.Create(factor), moved);
    }

    private void Try(Vector512<float> scale, Vector512<float> zeroPoint)
    {
        scale = HalfLanes.Round(scale);
        zeroPoint = HalfLanes.Round(zeroPoint);
        Vector512<float> loss = _problem.Quantize(scale, zeroPoint, _errors);
        Vector512<float> better = Vector512.LessThan(loss, _loss);
        _scale = Vector512.ConditionalSelect(better, scale, _scale);
        _zeroPoint = Vector512.ConditionalSelect(better, zeroPoint, _zeroPoint);
        _loss = Vector512.ConditionalSelect(better, loss, _loss);
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
