using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>A device that tests run on, made once for all of them: creating one takes longer than most tests.</summary>
internal sealed class TestBackend : IDisposable
{
    private readonly Context _context;

    private TestBackend(Context context, Device device)
    {
        _context = context;
        Accelerator = device.CreateAccelerator(context);
    }

    public Accelerator Accelerator { get; }

    public AcceleratorStream Stream => Accelerator.DefaultStream;

    /// <summary>Makes a context and takes its first device of a kind; null if it has none.</summary>
    public static TestBackend? Create(Context context, AcceleratorType type)
    {
        foreach (Device device in context.Devices)
        {
            if (device.AcceleratorType == type)
                return new TestBackend(context, device);
        }
        context.Dispose();
        return null;
    }

    public void Dispose()
    {
        Accelerator.Dispose();
        _context.Dispose();
    }
}
