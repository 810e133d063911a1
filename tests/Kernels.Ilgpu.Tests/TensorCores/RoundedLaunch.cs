namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Which of the products a launch of <see cref="RoundedProductKernel"/> is.</summary>
internal struct RoundedLaunch
{
    /// <summary>Bits of the codes that count.</summary>
    public int Bits;

    /// <summary>Whether slots belong to experts.</summary>
    public int Grouped;

    /// <summary>Whether gate and up are multiplied.</summary>
    public int Gated;
}
