using System.Runtime.InteropServices;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.Devices;
using TorchSharp;

namespace MoEQuant.Quantizer.Torch;

/// <summary>The devices that libtorch may offer on this machine.</summary>
internal static class TorchDevices
{
    private const string LibraryName = "LibTorchSharp";

    public static IReadOnlyList<NumericDevice> All { get; } = [new(DeviceNames.TorchCpu, OpenCpu), new(DeviceNames.TorchCuda, OpenCuda)];

    private static TorchBackend OpenCpu()
    {
        RequireLibrary();
        return new(torch.CPU, DeviceNames.TorchCpu);
    }

    private static TorchBackend OpenCuda()
    {
        RequireLibrary();
        if (!torch.cuda.is_available())
            throw new MoEQuantException(DeviceDiagnostics.Unavailable, $"libtorch {torch.__version__} is there, and finds no CUDA device.");
        return new(torch.CUDA, DeviceNames.TorchCuda);
    }

    /// <summary>Looks for the native library before TorchSharp does, which would write what it misses to the standard output: that belongs to the engine's results.</summary>
    /// <remarks>Whatever is asked of the class <c>torch</c>, even its version, makes it look.</remarks>
    private static void RequireLibrary()
    {
        try
        {
            NativeLibrary.Load(LibraryName, typeof(torch).Assembly, searchPath: null);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            throw new MoEQuantException(DeviceDiagnostics.Unavailable, $"The native library of TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)} cannot be loaded: {LoadFailure.Reason(failure.Message, LibraryName)}", null, failure);
        }
    }
}
