using static TorchSharp.torch;

namespace MoEQuant.Quantizer.Torch;

/// <summary>Tensors of floats that fp16 holds exactly.</summary>
internal static class HalfTensor
{
    /// <summary>The nearest fp16 of each element, ties to even; beyond fp16 its largest number.</summary>
    public static Tensor Round(Tensor values) => values.clamp(LastingScalar.Of((float)Half.MinValue), LastingScalar.Of((float)Half.MaxValue)).to_type(ScalarType.Float16).to_type(ScalarType.Float32);

    /// <summary>1/x, and zero where x is zero.</summary>
    public static Tensor Inverse(Tensor values) => where(values.eq(LastingScalar.Of(0)), zeros_like(values), values.reciprocal());
}
