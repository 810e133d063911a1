using MoEQuant.Quantizer.Algorithms;

namespace MoEQuant.Quantizer.Tests.Algorithms.Devices;

[TestClass]
public sealed class ManagedBackendTests : NumericBackendSuite
{
    internal override INumericBackend Open() => ManagedBackend.Instance;
}
