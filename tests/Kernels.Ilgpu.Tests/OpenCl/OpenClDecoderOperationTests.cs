namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class OpenClDecoderOperationTests : DecoderOperationSuite
{
    private protected override TestBackend Backend => TestBackends.OpenCl;
}
