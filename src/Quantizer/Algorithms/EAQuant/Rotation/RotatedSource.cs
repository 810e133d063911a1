using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;

/// <summary>A model whose residual stream and values are rotated where the options ask for it.</summary>
internal static class RotatedSource
{
    /// <summary>The source as the pipeline is to see it.</summary>
    /// <exception cref="Format.Diagnostics.MoEQuantException">MOEQ3070: the embeddings are tied.</exception>
    public static QuantizationSource For(QuantizationSource source, QuantizationOptions options)
    {
        if (options.Corrections.RotationFor(options.Scheme) != RotationMode.Fused)
            return source;
        LayerTransform rotation = ModelRotation.Create(source.Config, source.Plan, source.Weights, new RotationOptions { Inner = false });
        return source with { Weights = new TransformedReader(source.Weights, rotation) };
    }
}
