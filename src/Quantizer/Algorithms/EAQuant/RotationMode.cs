namespace MoEQuant.Quantizer.Algorithms.EAQuant;

/// <summary>Where channels are rotated by block Hadamard matrices so that outliers spread (QuaRot, arXiv 2404.00456; DuQuant, arXiv 2406.01721).</summary>
public enum RotationMode
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>The runtime rotates the inputs of every layer matrix; the columns are rotated to match. Goes with smoothing, which acts before the rotation.</summary>
    Online,

    /// <summary>The residual stream and the values are rotated in the weights, at no cost while the model runs; the runtime rotates the inputs of the down projections only.</summary>
    Fused,
}
