using MoEQuant.Quantizer.Algorithms.Hqq;
using TorchSharp;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary><see cref="HqqSolver"/> for a batch of groups: the same steps, each group stopping by itself.</summary>
internal static class TorchHqqSolver
{
    /// <summary>Finds the zero points.</summary>
    /// <param name="weights">[groups, columns].</param>
    /// <param name="maxCode">The largest code.</param>
    /// <param name="scale">[groups, 1], not negative.</param>
    /// <param name="zeroPoint">The start, [groups, 1].</param>
    public static Tensor Solve(Tensor weights, int maxCode, Tensor scale, Tensor zeroPoint)
    {
        Tensor inverse = HalfTensor.Inverse(scale), scaled = weights * inverse;
        Tensor best = zeroPoint, bestError = full_like(zeroPoint, LastingScalar.Of(float.PositiveInfinity)), active = ones_like(zeroPoint, ScalarType.Bool);
        float beta = HqqOptions.FirstBeta;
        for (int step = 0; step < HqqOptions.MaxSteps; step++, beta *= HqqOptions.BetaGrowth)
        {
            // A scope per step: what one needs is far more than what it leaves to the next.
            using DisposeScope scope = NewDisposeScope();
            Tensor codes = scaled.Plus(zeroPoint).clamp(LastingScalar.Of(0), LastingScalar.Of(maxCode)).round();
            Tensor missed = weights - (codes - zeroPoint) * scale, distance = missed.abs();
            Tensor error = distance.sum(1, keepdim: true);
            Tensor going = active.logical_and(error < bestError);
            if (!going.any().cpu().item<bool>())
                break;
            best = where(going, zeroPoint, best).MoveToOuterDisposeScope();
            bestError = where(going, error, bestError).MoveToOuterDisposeScope();
            active = going.MoveToOuterDisposeScope();
            bool survives = distance.amax(new long[] { 1 }, keepdim: true).ge(LastingScalar.Of(HqqOptions.NeverSurvivesShrinkage)).logical_and(going).any().cpu().item<bool>();
            Tensor aim = survives ? (weights - Shrink(missed, distance, beta)) * inverse : scaled;
            zeroPoint = where(going, (codes - aim).mean(new long[] { 1 }, keepdim: true), zeroPoint).MoveToOuterDisposeScope();
        }

        return best;
    }

    /// <summary>sign(x)·max(|x| − |x|^(p−1)/β, 0).</summary>
    private static Tensor Shrink(Tensor missed, Tensor distance, float beta) =>
        (distance - distance.pow(LastingScalar.Of((float)(ShrinkagePower.Norm - 1))).mul(LastingScalar.Of(1 / beta))).clamp_min(LastingScalar.Of(0)).copysign(missed);
}
