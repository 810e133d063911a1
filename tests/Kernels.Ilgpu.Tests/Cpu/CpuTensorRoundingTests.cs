namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuTensorRoundingTests : TensorRoundingSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
