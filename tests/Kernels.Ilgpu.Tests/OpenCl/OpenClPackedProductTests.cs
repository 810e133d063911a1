namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClPackedProductTests : PackedProductSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
