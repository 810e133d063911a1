namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClTensorInputTests : TensorInputSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
