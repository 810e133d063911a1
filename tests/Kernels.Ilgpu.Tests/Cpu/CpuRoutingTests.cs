namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuRoutingTests : RoutingSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
