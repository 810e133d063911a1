namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class CpuTensorInputTests : TensorInputSuite
{
    private protected override TestBackend Backend => TestBackends.Cpu;
}
