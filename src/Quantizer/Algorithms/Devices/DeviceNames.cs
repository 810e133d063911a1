namespace MoEQuant.Quantizer.Algorithms.Devices;

/// <summary>The devices that can be asked for by name, whether this engine has them or not.</summary>
internal static class DeviceNames
{
    /// <summary>Vectorised C#, always there.</summary>
    public const string Managed = "managed";

    /// <summary>libtorch on the processor.</summary>
    public const string TorchCpu = "torch-cpu";

    /// <summary>libtorch on the first CUDA device.</summary>
    public const string TorchCuda = "torch-cuda";

    public static IReadOnlyList<string> All { get; } = [Managed, TorchCpu, TorchCuda];
}
