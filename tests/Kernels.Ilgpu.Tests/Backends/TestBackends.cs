using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.OpenCL;

namespace MoEQuant.Kernels.Ilgpu.Tests;

/// <summary>The devices that tests run on. None of them is a GPU; docs/gpu.md says what that leaves open.</summary>
[TestClass]
public static class TestBackends
{
    private static readonly Lazy<TestBackend> LazyCpu = new(CreateCpu);

    private static readonly Lazy<TestBackend?> LazyOpenCl = new(CreateOpenCl);

    /// <summary>ILGPU's own interpreter: 64 threads per group, each a thread of the operating system.</summary>
    internal static TestBackend Cpu => LazyCpu.Value;

    /// <summary>The first OpenCL device. Without one the calling test is skipped.</summary>
    internal static TestBackend OpenCl
    {
        get
        {
            if (LazyOpenCl.Value is null)
                Assert.Inconclusive("There is no OpenCL device. PoCL is one without a GPU: on Debian, apt-get install pocl-opencl-icd ocl-icd-libopencl1.");
            return LazyOpenCl.Value;
        }
    }

    /// <summary>ILGPU asks for libOpenCL.so, a file of development packages, and looks once: whichever test comes first.</summary>
    [AssemblyInitialize]
    public static void FindOpenCl(TestContext context) => NativeLibrary.SetDllImportResolver(
        typeof(Accelerator).Assembly,
        (name, _, _) => name == "OpenCL" && NativeLibrary.TryLoad("libOpenCL.so.1", out nint library) ? library : 0);

    [AssemblyCleanup]
    public static void Dispose()
    {
        if (LazyCpu.IsValueCreated)
            LazyCpu.Value.Dispose();
        if (LazyOpenCl.IsValueCreated)
            LazyOpenCl.Value?.Dispose();
    }

    private static TestBackend CreateCpu() => TestBackend.Create(Context.Create(builder => builder.CPU(new CPUDevice(4, 16, 1))), AcceleratorType.CPU)!;

    private static TestBackend? CreateOpenCl() => TestBackend.Create(Context.Create(builder => builder.OpenCL(Accept).Optimize(OptimizationLevel.O2)), AcceleratorType.OpenCL);

    // PoCL 3.1 runs kernels with generic pointers but does not report them, and ILGPU refuses devices without.
    private static bool Accept(CLDevice device)
    {
        PropertyInfo property = typeof(CLCapabilityContext).GetProperty(nameof(CLCapabilityContext.GenericAddressSpace))!;
        property.SetValue(device.Capabilities, true);
        return true;
    }
}
