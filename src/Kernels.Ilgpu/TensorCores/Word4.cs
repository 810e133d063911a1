namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Four words that are loaded in one instruction.</summary>
internal struct Word4
{
    /// <summary>The words.</summary>
    public uint X, Y, Z, W;
}
