namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuExpertProductTests : ExpertProductSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
