namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClTensorRoundingTests : TensorRoundingSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
