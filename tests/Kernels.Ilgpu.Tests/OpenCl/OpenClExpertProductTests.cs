namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClExpertProductTests : ExpertProductSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
