using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Quantizer.Algorithms.Devices;

/// <summary>Something that can do the heavy arithmetic.</summary>
/// <param name="Name">One of <see cref="DeviceNames"/>.</param>
/// <param name="Open">Gets it ready; throws MOEQ2093 where the machine lacks something.</param>
internal sealed record NumericDevice(string Name, Func<INumericBackend> Open)
{
    public static NumericDevice Managed { get; } = new(DeviceNames.Managed, () => ManagedBackend.Instance);

    /// <summary>Finds a device by its name in any case.</summary>
    /// <param name="name">What the user wrote.</param>
    /// <param name="devices">What the engine has besides the managed one.</param>
    /// <exception cref="MoEQuantException">MOEQ2091: no device has this name. MOEQ2092: it is not in this engine.</exception>
    public static NumericDevice Find(string name, IReadOnlyList<NumericDevice> devices)
    {
        NumericDevice[] present = [Managed, .. devices];
        if (present.FirstOrDefault(device => Is(device.Name)) is { } found)
            return found;
        throw DeviceNames.All.Any(Is)
            ? new MoEQuantException(DeviceDiagnostics.NotInThisEngine, $"--device is '{name}'; this engine has {string.Join(" and ", present.Select(device => device.Name))} only.")
            : new MoEQuantException(DeviceDiagnostics.Unknown, $"--device is '{name}'; expected one of {string.Join(", ", DeviceNames.All)}.");

        bool Is(string known) => string.Equals(known, name, StringComparison.OrdinalIgnoreCase);
    }
}
