using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>What TorchSharp makes for an operation must outlive it, whenever the garbage collector runs.</summary>
[TestClass]
public sealed class CollectionTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void QuantizeGroups_WhileGarbageIsCollected_AlwaysGivesTheSame(bool symmetric)
    {
        INumericBackend backend = TorchDevice.Require(DeviceNames.TorchCpu);
        using FloatMatrix weights = RandomMatrix.HeavyTailed(16, 128, 3);
        GroupScheme scheme = new(3, 64, symmetric);
        using CancellationTokenSource end = new(Duration);
        Thread collector = new(() =>
        {
            while (!end.IsCancellationRequested)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        });
        collector.Start();
        QuantizedGroups first = new(16, 128, scheme), again = new(16, 128, scheme);
        backend.QuantizeGroups(weights, scheme, GroupSolver.Hqq, first, null);
        try
        {
            while (!end.IsCancellationRequested)
            {
                backend.QuantizeGroups(weights, scheme, GroupSolver.Hqq, again, null);
                CollectionAssert.AreEqual(first.Codes, again.Codes);
            }
        }
        finally
        {
            end.Cancel();
            collector.Join();
        }
    }
}
