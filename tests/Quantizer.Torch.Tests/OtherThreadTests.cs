using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Tests.Numerics;

namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>libtorch's settings differ between threads; results must not.</summary>
[TestClass]
public sealed class OtherThreadTests
{
    // Large enough for LAPACK to divide the work where it may: with two processors or more, fewer rows show nothing.
    private const int Rows = 512;
    private const int Columns = 256;
    private const int Rank = 32;

    [TestMethod]
    public void Approximate_OnANewThread_GivesTheSameBits()
    {
        INumericBackend backend = TorchDevice.Require(DeviceNames.TorchCpu);
        float[] here = Approximate(backend), there = [];
        Thread thread = new(() => there = Approximate(backend));
        thread.Start();
        thread.Join();
        Assert.IsTrue(here.Any(value => value != 0));
        CollectionAssert.AreEqual(here, there);
    }

    private static float[] Approximate(INumericBackend backend)
    {
        using FloatMatrix matrix = RandomMatrix.Normal(Rows, Columns, 5);
        using ILowRankApproximator approximator = backend.CreateApproximator(Rows, Columns, Rank, 7);
        using LowRankFactors factors = new(Rows, Columns, Rank);
        approximator.Approximate(matrix, factors);
        return [.. Enumerable.Range(0, factors.Output.Rows).SelectMany(row => factors.Output.Row(row).ToArray())];
    }
}
