using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;

namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>Opens the devices of libtorch for tests.</summary>
internal static class TorchDevice
{
    /// <summary>The device; ends the test as inconclusive (skipped) where the machine lacks it.</summary>
    public static INumericBackend Require(string name)
    {
        try
        {
            return NumericDevice.Find(name, TorchDevices.All).Open();
        }
        catch (MoEQuantException failure) when (failure.Descriptor == DeviceDiagnostics.Unavailable)
        {
            Assert.Inconclusive($"Skipped: {failure.Message}");
            throw;
        }
    }
}
