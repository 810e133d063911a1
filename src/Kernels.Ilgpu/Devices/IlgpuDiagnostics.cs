using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>What can go wrong when an accelerator is chosen and started.</summary>
public static class IlgpuDiagnostics
{
    /// <summary>The machine has no accelerator of the kind and number.</summary>
    public static readonly DiagnosticDescriptor NoAccelerator = new(
        "MOEQ5070", "There is no such accelerator",
        "Choose one of those that were found, install the driver (for OpenCL on Linux also the file libOpenCL.so of the loader's development package), or load the model without a device.");

    /// <summary>The accelerator is there but cannot be used.</summary>
    public static readonly DiagnosticDescriptor AcceleratorFailed = new(
        "MOEQ5071", "The accelerator could not be started", "Check the driver with its own tools, choose another accelerator, or load the model without a device.");
}
