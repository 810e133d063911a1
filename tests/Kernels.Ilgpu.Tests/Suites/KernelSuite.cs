using ILGPU;
using ILGPU.Runtime;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>What suites that run on every device share.</summary>
public abstract class KernelSuite
{
    /// <summary>Set by the test framework.</summary>
    public TestContext TestContext { get; set; } = null!;

    private protected abstract TestBackend Backend { get; }

    private protected Accelerator Accelerator => Backend.Accelerator;

    private protected AcceleratorStream Stream => Backend.Stream;

    private protected ErrorRecord Errors(string kernel) => new(TestContext, $"{kernel} on {Accelerator.AcceleratorType}");

    private protected static float[] Values(TokenCase x)
    {
        float[] values = new float[x.Count * x.Columns];
        for (int index = 0; index < values.Length; index++)
            values[index] = (float)x.Value(index / x.Columns, index % x.Columns);
        return values;
    }

    /// <summary>A buffer of numbers that no kernel computes, to see what was written.</summary>
    private protected MemoryBuffer1D<float, Stride1D.Dense> Untouched(long length) =>
        Accelerator.Allocate1D(Enumerable.Repeat(float.NaN, (int)length).ToArray());
}
