using ILGPU.Runtime.Cuda;

namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class TensorCoreUseTests
{
    [TestMethod]
    public void IsSupported_ByArchitecture_BeginsWithAmpere()
    {
        foreach (CudaArchitecture without in new[] { CudaArchitecture.SM_50, CudaArchitecture.SM_61, CudaArchitecture.SM_70, CudaArchitecture.SM_75 })
            Assert.IsFalse(TensorProduct.IsSupported(without), without.ToString());
        foreach (CudaArchitecture with in new[] { CudaArchitecture.SM_80, CudaArchitecture.SM_86, new CudaArchitecture(8, 9), new CudaArchitecture(9, 0) })
            Assert.IsTrue(TensorProduct.IsSupported(with), with.ToString());
    }

    [TestMethod]
    [DataRow(TensorCoreUse.Off)]
    [DataRow(TensorCoreUse.WhereSupported)]
    public void Create_OnAnythingButCuda_UsesNone(TensorCoreUse use)
    {
        using IlgpuDevice ofApp = IlgpuDevice.Create(TestBackends.Cpu.Accelerator, tensorCores: use), own = IlgpuDevice.Create(IlgpuAcceleratorKind.Cpu, tensorCores: use);
        Assert.IsFalse(ofApp.UsesTensorCores);
        Assert.IsFalse(own.UsesTensorCores);
    }
}
