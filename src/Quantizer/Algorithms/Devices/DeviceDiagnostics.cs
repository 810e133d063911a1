using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Algorithms.Devices;

/// <summary>Devices that were asked for and cannot compute.</summary>
public static class DeviceDiagnostics
{
    /// <summary>--device.</summary>
    public static readonly DiagnosticDescriptor Unknown = new("MOEQ2091", "Unknown device", "Use managed, torch-cpu or torch-cuda.");

    /// <summary>--device names what this engine was built without.</summary>
    public static readonly DiagnosticDescriptor NotInThisEngine = new(
        "MOEQ2092", "Device is not in this engine",
        "Use --device managed, or the engine with TorchSharp: build src/Quantizer.Torch with -p:EnableTorchSharp=true and name its moequant-torch.dll in MoEQuantEnginePath.");

    /// <summary>libtorch or the graphics processor is missing.</summary>
    public static readonly DiagnosticDescriptor Unavailable = new(
        "MOEQ2093", "Device is not on this machine",
        "Build the engine with TorchSharpPackage=TorchSharp-cpu, or a TorchSharp-cuda package and its driver, so that libtorch is there; or use --device managed.");

    /// <summary>An operation of the device failed for lack of memory.</summary>
    public static readonly DiagnosticDescriptor OutOfMemory = new("MOEQ2094", "Device has too little memory", "Use fewer --threads, each of which holds matrices on the device, or --device managed.");
}
