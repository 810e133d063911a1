using MoEQuant.Format;
using MoEQuant.Kernels;

namespace MoEQuant.Runtime.Weights;

/// <summary>What happens to the inputs of a matrix before they are multiplied; <c>default</c> takes them as they are.</summary>
/// <param name="RotationBlock">Columns of a block of the Hadamard rotation; 0 without rotation.</param>
/// <param name="Quantization">How the inputs of the packed codes are quantized; null leaves them in floating point.</param>
public readonly record struct InputTreatment(int RotationBlock, ActivationScheme? Quantization)
{
    /// <summary>True where inputs are taken as they are.</summary>
    public bool IsNone => RotationBlock == 0 && Quantization is null;

    /// <summary>The treatment that a packed file asks for.</summary>
    public static InputTreatment Of(in PackedActivations activations) => new(
        activations.RotationBlock, activations.Bits > 0 ? new ActivationScheme(activations.Bits, activations.GroupSize, activations.ClipPercent / 100f) : null);
}
