using MoEQuant.Format;
using MoEQuant.Quantizer.Algorithms.Covariance;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Numerics;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;

/// <summary>Prepares what belongs to a matrix whose inputs the runtime rotates.</summary>
internal static class InputRotation
{
    /// <summary>W ← W Rᵀ, where the runtime multiplies by R x.</summary>
    /// <param name="weights">Whole rows, [rows, K].</param>
    /// <param name="activations">What happens to the inputs.</param>
    public static void Apply(FloatMatrix weights, PackedActivations activations)
    {
        if (activations.RotationBlock > 1)
            new BlockHadamard(weights.Columns, activations.RotationBlock).ApplyDualToRowsOf(weights);
    }

    /// <summary>H ← R H Rᵀ, and the drift likewise. To be called before the covariance is used.</summary>
    /// <param name="covariance">The unrotated inputs' covariance; its blocks are multiples of the rotation's.</param>
    /// <param name="activations">What happens to the inputs.</param>
    public static void Apply(InputCovariance covariance, PackedActivations activations)
    {
        if (activations.RotationBlock <= 1)
            return;
        foreach (FloatMatrix? moments in (FloatMatrix?[])[covariance.Matrix, covariance.Drift])
        {
            if (moments is null)
                continue;
            new BlockHadamard(moments.Columns, activations.RotationBlock).ApplyToTokens(moments);
            new BlockHadamard(moments.Rows, activations.RotationBlock).ApplyToRows(moments);
        }
    }
}
