namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Whether a device multiplies on tensor cores. Inputs of products are rounded to half precision there, which changes results a little: docs/gpu.md says by how much.</summary>
public enum TensorCoreUse
{
    /// <summary>Not at all: products are in single precision on every device. The default, as long as nobody has measured the other.</summary>
    Off,

    /// <summary>Where accelerator and matrix allow it: CUDA from sm_80 on, 3 or 4 bits in groups of at least 64. Everything else is computed as without.</summary>
    WhereSupported,
}
