namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Not on ILGPU's interpreter: a token takes minutes there.</summary>
[TestClass]
public sealed class OpenClTensorModelTests : TensorModelSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
