using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Cli;

namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>The devices as the command line of moequant-torch has them.</summary>
[TestClass]
public sealed class TorchCommandTests
{
    [TestMethod]
    [DataRow(DeviceNames.TorchCpu)]
    [DataRow(DeviceNames.TorchCuda)]
    public void Quantize_EachDevice_IsThereOrSaysWhatIsMissing(string device)
    {
        using TemporaryFolder folder = new();
        using StringWriter output = new(), error = new();
        TextWriter console = Console.Out;
        using StringWriter stray = new();
        int exitCode;
        try
        {
            // What TorchSharp says on its own would spoil the engine's results.
            Console.SetOut(stray);
            exitCode = new Tool(new(output, error, Interactive: false) { Devices = TorchDevices.All }).RunAsync(["quantize", folder.Path, "--output", folder.File("x.moeq"), "--device", device.ToUpperInvariant()], default).GetAwaiter().GetResult();
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.AreEqual("", stray.ToString());
        Assert.AreNotEqual(0, exitCode, "The folder is empty: a device that is there leads to another failure.");
        Assert.IsTrue(error.ToString().Contains("MOEQ1", StringComparison.Ordinal) || error.ToString().Contains("MOEQ2093", StringComparison.Ordinal), error.ToString());
    }
}
