using MoEQuant.Kernels;

namespace MoEQuant.Runtime.Weights;

/// <summary>The inputs of a linear layer after its <see cref="LinearWeights.InputTreatment"/>.</summary>
/// <param name="Values">In floating point, rotated where the layer asks for it.</param>
/// <param name="Quantized">The same inputs quantized; only where the layer asks for it.</param>
public readonly record struct LinearInput(ActivationBlock Values, QuantizedActivations Quantized = default)
{
    /// <summary>Some of the inputs; see <see cref="ActivationBlock.Select"/>.</summary>
    internal unsafe LinearInput Select(int* rows, int count) => new(Values.Select(rows, count), Quantized.Memory is null ? default : Quantized.Select(rows, count));
}
