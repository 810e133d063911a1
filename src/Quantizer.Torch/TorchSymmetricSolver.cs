using MoEQuant.Quantizer.Algorithms.Hqq;
using TorchSharp;
using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary><see cref="SymmetricSolver"/> for a batch of groups: codes and scale are improved in turn, each group stopping by itself.</summary>
internal static class TorchSymmetricSolver
{
    /// <summary>Finds scales that fp16 holds exactly.</summary>
    /// <param name="weights">[groups, columns].</param>
    /// <param name="middleCode">The code of zero.</param>
    /// <param name="scale">The start, [groups, 1].</param>
    public static Tensor Solve(Tensor weights, int middleCode, Tensor scale)
    {
        Tensor best = scale, bestError = full_like(scale, LastingScalar.Of(float.PositiveInfinity)), active = ones_like(scale, ScalarType.Bool);
        for (int step = 0; step < HqqOptions.MaxSteps; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor codes = (weights * HalfTensor.Inverse(scale)).clamp(LastingScalar.Of(-middleCode), LastingScalar.Of(middleCode - 1)).round();
            Tensor missed = weights - codes * scale, error = (missed * missed).sum(1, keepdim: true);
            Tensor going = active.logical_and(error < bestError);
            if (!going.any().cpu().item<bool>())
                break;
            best = where(going, scale, best).MoveToOuterDisposeScope();
            bestError = where(going, error, bestError).MoveToOuterDisposeScope();
            active = going.MoveToOuterDisposeScope();
            Tensor next = (weights * codes).sum(1, keepdim: true) / (codes * codes).sum(1, keepdim: true).clamp_min(LastingScalar.Of(1));
            scale = where(going, HalfTensor.Round(next), scale).MoveToOuterDisposeScope();
        }

        return best;
    }
}
