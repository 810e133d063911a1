using MoEQuant.Kernels.Devices;
using MoEQuant.TestSupport.Devices;

namespace MoEQuant.Kernels.Tests.Devices;

/// <summary>What every device refuses before it computes, and the memory budget.</summary>
[TestClass]
public sealed unsafe class DeviceChecksTests
{
    [TestMethod]
    public void Allocate_BeyondTheBudget_ThrowsAndReservesNothing()
    {
        using HostDevice device = new(1000);
        DeviceBuffer first = device.Allocate(200);
        var error = Assert.ThrowsExactly<DeviceMemoryException>(() => device.Allocate(51));
        Assert.AreEqual((204, 200), ((int)error.NeededBytes, (int)error.AvailableBytes));
        device.Allocate(50);
        Assert.AreEqual(0, device.AvailableBytes);
        first.Dispose();
        first.Dispose();
        Assert.AreEqual(800, device.AvailableBytes);
    }

    [TestMethod]
    public void Operations_ShapesThatDoNotFit_Throw()
    {
        using HostDevice device = new();
        DeviceRows small = device.Allocate(12).Rows(3, 4), large = device.Allocate(15).Rows(3, 5), one = device.Allocate(4).Rows(1, 4);
        float[] data = new float[20];
        fixed (float* pointer = data)
        {
            DeviceMatrix w = device.Upload(new LinearOperand(new DenseMatrix(pointer, DenseType.F32, 5, 4)));
            DeviceExperts experts = device.Upload([new LinearOperand(new DenseMatrix(pointer, DenseType.F32, 5, 4)), new LinearOperand(new DenseMatrix(pointer, DenseType.F32, 5, 4))]);
            DeviceRouting routing = device.CreateRouting(3, 2, 1), other = device.CreateRouting(3, 4, 1);
            Action[] wrong =
            [
                () => device.Multiply(w, large, small), () => device.Multiply(w, small, one), () => device.Normalise(small, large, 0, small), () => device.Add(small, large),
                () => device.Activate(small, large, small), () => device.AddBias(small, small), () => device.Embed(w, [0, 1], small), () => device.Embed(w, [0, 5, 1], small), () => device.Embed(w, [0, -1, 1], small),
                () => device.Rotate(small, one, 0), () => device.Rotate(large, one, 0), () => device.Attend(small, small, small, 4, 1, 9, small), () => device.Attend(small, small, small, 3, 0, 9, small),
                () => device.Attend(large, small, small, 4, 0, 9, large), () => device.Attend(small, small, one, 4, 0, 9, small), () => device.Route(small, false, routing),
                () => device.MultiplyExperts(experts, other, small, ExpertInputs.Tokens, large), () => device.Write(new float[11], small), () => device.Read(small, new float[13]),
                () => device.Upload(Array.Empty<LinearOperand>()), () => device.Add(default, small), () => _ = small.Slice(1, 3), () => _ = small.Buffer.Rows(4, 4), () => device.CreateRouting(1, 2, 3),
            ];
            for (int i = 0; i < wrong.Length; i++)
                Assert.Throws<ArgumentException>(wrong[i], $"case {i}");

            device.Write([1, 0, 0, 1, 0, 0], device.Allocate(6).Rows(3, 2));
            DeviceRows logits = device.Allocate(6).Rows(3, 2);
            device.Write([1, 0, 0, 1, 0, 0], logits);
            device.Route(logits, false, routing);
            device.MultiplyExperts(experts, routing, small, ExpertInputs.Tokens, large);
            Assert.Throws<ArgumentException>(() => device.MultiplyExperts(experts, routing, one, ExpertInputs.Tokens, large), "as many inputs as tokens");
            Assert.Throws<ArgumentException>(() => device.Combine(routing, one, small), "as many slots as choices");
        }
    }

    [TestMethod]
    public void Operations_MemoryOfOthersOrDisposed_Throw()
    {
        using HostDevice device = new(), other = new();
        DeviceRows mine = device.Allocate(4).Rows(1, 4), theirs = other.Allocate(4).Rows(1, 4);
        Assert.ThrowsExactly<ArgumentException>(() => device.Add(theirs, mine));
        mine.Buffer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => device.Clamp(mine, 1));
        other.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => other.Clamp(theirs, 1));
        Assert.ThrowsExactly<ObjectDisposedException>(() => other.Allocate(1));
        theirs.Buffer.Dispose();
    }

    [TestMethod]
    public void LinearOperand_FactorsOfOtherShape_Throw()
    {
        byte[] data = new byte[4096];
        fixed (byte* pointer = data)
        {
            PackedMatrix matrix = new(pointer, new PackedShape(16, 32, 3, 32));
            LowRankFactor input = new(pointer, new FactorShape(2, 32, 8)), output = new(pointer, new FactorShape(2, 16, 8));
            Assert.AreEqual(2, new LinearOperand(matrix, 2, input, output).Rank);
            Assert.ThrowsExactly<ArgumentException>(() => new LinearOperand(matrix, 2, output, input));
            Assert.ThrowsExactly<ArgumentException>(() => new LinearOperand(matrix, 3, input, output));
        }
    }
}
