using System.Reflection;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>Every kernel that a CUDA device with or without tensor cores may be asked to run, as PTX. No device is needed to make the text.</summary>
[TestClass]
public sealed class DeviceKernelPtxTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public void Compile_EveryKernel_IsPortableOrUsesTensorCoresAsItsNameSays()
    {
        int tensor = 0;
        foreach (MethodInfo kernel in DeviceKernels.All)
        {
            string name = DeviceKernels.Name(kernel);
            PtxListing listing = PtxListing.Compile(name, kernel);
            bool onTensorCores = kernel.DeclaringType!.Name.StartsWith("TensorProductKernels", StringComparison.Ordinal);
            Assert.AreEqual(onTensorCores, listing.Text.Contains("mma.sync", StringComparison.Ordinal), name);
            Assert.DoesNotContain("call", listing.Text, name);
            if (!onTensorCores)
                Assert.AreEqual(0, listing.LocalBytes, $"{name} has local memory.");
            Assert.IsLessThanOrEqualTo(16384, listing.SharedBytes, name);
            tensor += onTensorCores ? 1 : 0;
        }

        // 3 and 4 bits; one matrix and experts, plain and gated.
        Assert.AreEqual(8, tensor);
        TestContext.WriteLine($"{DeviceKernels.All.Count} kernels, {tensor} of them on tensor cores");
    }
}
