namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClWeightTests : WeightSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
