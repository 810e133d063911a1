namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuWeightTests : WeightSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
