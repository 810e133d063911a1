using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;
using ILGPU.Runtime.Cuda;
using ILGPU.Runtime.OpenCL;
using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Kernels.Ilgpu;

/// <summary>Finds and starts the accelerator that an app asks for.</summary>
internal static class AcceleratorChoice
{
    /// <summary>Starts an accelerator and hands it over with its context; when that fails nothing stays behind.</summary>
    /// <param name="kind">Which accelerators count.</param>
    /// <param name="index">Which of them.</param>
    /// <param name="create">Makes something of the two and owns them from then on.</param>
    /// <exception cref="MoEQuantException">There is no such accelerator (MOEQ5070), or it does not start (MOEQ5071).</exception>
    public static T Start<T>(IlgpuAcceleratorKind kind, int index, Func<Context, Accelerator, T> create)
    {
        Context context = Context.Create(builder => Enable(builder, kind).Optimize(OptimizationLevel.O2));
        Accelerator? accelerator = null;
        try
        {
            Device[] devices = [.. context.Devices.Where(device => Counts(device, kind)).OrderBy(device => device.AcceleratorType == AcceleratorType.Cuda ? 0 : 1)];
            if (index >= devices.Length)
                throw new MoEQuantException(IlgpuDiagnostics.NoAccelerator, $"Number {index} of kind {kind} was asked for; found were {Describe(devices)}.");
            accelerator = devices[index].CreateAccelerator(context);
            return create(context, accelerator);
        }
        catch (Exception e)
        {
            accelerator?.Dispose();
            context.Dispose();
            if (e is MoEQuantException)
                throw;
            throw new MoEQuantException(IlgpuDiagnostics.AcceleratorFailed, $"Starting number {index} of kind {kind} failed: {e.Message.TrimEnd('.')}.", null, e);
        }
    }

    private static Context.Builder Enable(Context.Builder builder, IlgpuAcceleratorKind kind) => kind switch
    {
        IlgpuAcceleratorKind.Cuda => builder.Cuda(),
        IlgpuAcceleratorKind.OpenCl => builder.OpenCL(),
        IlgpuAcceleratorKind.Cpu => builder.CPU(CPUDeviceKind.Default),
        _ => builder.Cuda().OpenCL(),
    };

    // A context always has ILGPU's interpreter too.
    private static bool Counts(Device device, IlgpuAcceleratorKind kind) => kind switch
    {
        IlgpuAcceleratorKind.Cuda => device.AcceleratorType == AcceleratorType.Cuda,
        IlgpuAcceleratorKind.OpenCl => device.AcceleratorType == AcceleratorType.OpenCL,
        IlgpuAcceleratorKind.Cpu => device.AcceleratorType == AcceleratorType.CPU,
        _ => device is CudaDevice or CLDevice { DeviceType: CLDeviceType.CL_DEVICE_TYPE_GPU },
    };

    private static string Describe(Device[] devices) => devices.Length == 0 ? "none" : string.Join(", ", devices.Select((device, index) => $"{index}: {device.Name}"));
}
