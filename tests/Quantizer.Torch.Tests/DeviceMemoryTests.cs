using System.Runtime.InteropServices;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.Devices;
using TorchSharp;

namespace MoEQuant.Quantizer.Torch.Tests;

[TestClass]
public sealed class DeviceMemoryTests
{
    [TestMethod]
    public void Use_MoreThanThereIs_IsACodedFailure()
    {
        TorchDevice.Require(DeviceNames.TorchCpu);
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => DeviceMemory.Use(() => _ = torch.empty(1L << 58)));
        Assert.AreEqual(DeviceDiagnostics.OutOfMemory, failure.Descriptor);
        Assert.DoesNotContain("frame #", failure.Found);
    }

    [TestMethod]
    public void Use_AnotherFailure_StaysWhatItIs()
    {
        TorchDevice.Require(DeviceNames.TorchCpu);
        Assert.ThrowsExactly<ExternalException>(() => DeviceMemory.Use(() => _ = torch.empty(2, 3).mm(torch.empty(2, 3))));
    }
}
