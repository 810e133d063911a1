using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

[TestClass]
public sealed class ManagedGroupBatchTests : GroupBatchSuite
{
    internal override INumericBackend Open() => ManagedBackend.Instance;
}
