namespace MoEQuant.Runtime;

/// <summary>How a model whose file leaves activations in floating point (schemes W3A16 and W4A16) is computed. Files with quantized activations are computed as they say.</summary>
public enum ActivationPrecision
{
    /// <summary>In single precision.</summary>
    Exact,

    /// <summary>
    /// The inputs of the layers' packed matrices are rounded to 8 bits per group of columns, and multiplied as integers: faster, and the same bits on every processor. Compensators,
    /// router, norms, attention and output head stay in single precision.
    /// </summary>
    Int8,
}
