namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuDecoderOperationTests : DecoderOperationSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
