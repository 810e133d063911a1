namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClRoutingTests : RoutingSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
