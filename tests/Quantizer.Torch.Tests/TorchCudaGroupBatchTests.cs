using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Tests.Algorithms.Devices;

namespace MoEQuant.Quantizer.Torch.Tests;

[TestClass]
public sealed class TorchCudaGroupBatchTests : GroupBatchSuite
{
    internal override INumericBackend Open() => TorchDevice.Require(DeviceNames.TorchCuda);
}
