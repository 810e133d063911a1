using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Runtime.Model.Devices;

/// <summary>What can go wrong when a model runs on a device.</summary>
public static class DeviceDiagnostics
{
    /// <summary>The weights and the buffers of one text exceed the device's memory budget.</summary>
    public static readonly DiagnosticDescriptor ModelTooLarge = new(
        "MOEQ5060", "The model does not fit into the device's memory", "Raise the device's memory budget, load with a smaller ContextLength or PrefillBatch, pack the model to fewer bits, or load it without a device.");

    /// <summary>The weights are there, but there is no memory left for a text.</summary>
    public static readonly DiagnosticDescriptor NoRoomForSession = new(
        "MOEQ5061", "There is not enough device memory for a text", "Dispose sessions that are finished, load with a smaller ContextLength or PrefillBatch, or raise the device's memory budget.");

    /// <summary>Matrices want their inputs quantized or rotated, which devices do not do.</summary>
    public static readonly DiagnosticDescriptor ActivationsUnsupported = new(
        "MOEQ5062", "The model's activations cannot be computed on a device",
        "Pack the model with the scheme W3A16 or W4A16 and without online rotation, load it with ActivationPrecision.Exact, or load it without a device.");

    /// <summary>Something that only this machine's processor offers.</summary>
    public static readonly DiagnosticDescriptor NotOnDevices = new(
        "MOEQ5063", "An option does not exist on devices", "Leave the option at its default, or load the model without a device.");
}
