using MoEQuant.Format.Diagnostics;
using MoEQuant.Kernels.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

[TestClass]
public sealed class AcceleratorChoiceTests
{
    [TestMethod]
    [DataRow(IlgpuAcceleratorKind.Gpu)]
    [DataRow(IlgpuAcceleratorKind.Cuda)]
    [DataRow(IlgpuAcceleratorKind.OpenCl)]
    [DataRow(IlgpuAcceleratorKind.Cpu)]
    public void Create_NumberThatDoesNotExist_ThrowsItsCode(IlgpuAcceleratorKind kind)
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => IlgpuDevice.Create(kind, 99));
        Assert.AreEqual("MOEQ5070", error.Code);
        StringAssert.Contains(error.Message, $"Number 99 of kind {kind} was asked for", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Create_Interpreter_ComputesWithinItsBudget()
    {
        using IlgpuDevice device = IlgpuDevice.Create(IlgpuAcceleratorKind.Cpu, memoryBudget: 100);
        DeviceRows rows = device.Allocate(25).Rows(5, 5);
        Assert.ThrowsExactly<DeviceMemoryException>(() => device.Allocate(1));
        device.Write([.. Enumerable.Range(0, 25).Select(i => (float)i)], rows);
        device.Clamp(rows, 3);
        float[] values = new float[25];
        device.Read(rows, values);
        Assert.AreEqual(0 + 1 + 2 + (22 * 3), values.Sum());
    }

    [TestMethod]
    public void Create_NoBudget_TakesNineTenthsOfTheMemory()
    {
        using IlgpuDevice device = IlgpuDevice.Create(TestBackends.Cpu.Accelerator);
        Assert.AreEqual(TestBackends.Cpu.Accelerator.MemorySize / 10 * 9, device.MemoryBudget);
    }

    [TestMethod]
    public void Start_AcceleratorThatFails_ThrowsItsCode()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => AcceleratorChoice.Start<int>(IlgpuAcceleratorKind.Cpu, 0, (_, _) => throw new InvalidOperationException("No kernel compiles.")));
        Assert.AreEqual("MOEQ5071", error.Code);
        StringAssert.Contains(error.Message, "No kernel compiles.", StringComparison.Ordinal);
    }
}
