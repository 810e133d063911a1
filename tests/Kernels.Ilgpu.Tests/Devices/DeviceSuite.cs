using MoEQuant.Kernels.Devices;
using MoEQuant.TestSupport.Devices;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>What suites share that compare a device with the one that computes by definition.</summary>
public abstract class DeviceSuite : KernelSuite
{
    private protected const int Seed = 1;

    private IlgpuDevice _device = null!;

    private protected IlgpuDevice Device => _device;

    [TestInitialize]
    public void CreateDevice() => _device = IlgpuDevice.Create(Accelerator, long.MaxValue);

    [TestCleanup]
    public void DisposeDevice() => _device?.Dispose();

    /// <summary>Runs an operation on both devices.</summary>
    /// <param name="errors">Collects the differences.</param>
    /// <param name="what">The case, for messages.</param>
    /// <param name="relative">What may differ, as a share of the largest result.</param>
    /// <param name="operation">Makes operands, asks for operations and returns the result.</param>
    private protected void Compare(ErrorRecord errors, string what, double relative, Func<OperationRun, DeviceRows> operation)
    {
        using HostDevice host = new();
        float[] expected = Run(host, operation), actual = Run(_device, operation);
        Assert.HasCount(expected.Length, actual);
        double tolerance = (relative * expected.Max(value => Math.Abs((double)value))) + 1e-37;
        for (int index = 0; index < expected.Length; index++)
            errors.Add(expected[index], tolerance, actual[index], $"{what}, number {index}");
    }

    private static float[] Run(ComputeDevice device, Func<OperationRun, DeviceRows> operation)
    {
        using OperationRun run = new(device, Seed);
        DeviceRows rows = operation(run);
        float[] values = new float[rows.Length];
        device.Read(rows, values);
        return values;
    }
}
