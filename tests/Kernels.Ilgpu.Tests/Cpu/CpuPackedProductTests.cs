namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuPackedProductTests : PackedProductSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
