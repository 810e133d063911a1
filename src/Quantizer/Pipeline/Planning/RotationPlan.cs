using MoEQuant.Quantizer.Algorithms.EAQuant;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline.Planning;

/// <summary>Which inputs the runtime rotates.</summary>
internal static class RotationPlan
{
    private static readonly RotationOptions Blocks = new();

    /// <summary>Adds the rotation of a layer matrix's inputs to its treatment.</summary>
    public static MatrixTreatment Apply(MatrixTreatment treatment, PlannedTensor tensor, QuantizationOptions options)
    {
        RotationMode mode = options.Corrections.RotationFor(options.Scheme);
        if (mode == RotationMode.None || (mode == RotationMode.Fused && !IsDown(tensor)))
            return treatment;
        int block = ModelRotation.InnerBlockOf(tensor.Columns, Blocks);
        return block == 1 ? treatment : treatment with { Activations = treatment.Activations with { RotationBlock = block } };
    }

    private static bool IsDown(PlannedTensor tensor) => MatrixKind.Of(tensor) is var kind
        && (kind.EndsWith(".down_proj", StringComparison.Ordinal) || kind.EndsWith(".w2", StringComparison.Ordinal));
}
