using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Tests.Algorithms.Devices;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary><c>--device</c>.</summary>
[TestClass]
public sealed class QuantizeDeviceTests
{
    private readonly OtherBackend _other = new("torch-cpu 9.9");

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Quantize_OtherDevice_ComputesThereAndTheRecordTells(bool part)
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        CommandRun run = Run(folder, "other", ["--device", "Torch-CPU", .. part ? (string[])["--part", "1/1"] : []]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.IsGreaterThan(20, _other.Calls);
        Assert.Contains("torch-cpu 9.9", Content(folder, "other"));
    }

    [TestMethod]
    public void Quantize_Managed_ComputesThereAndSaysNothingOfIt()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Run(folder, "default");
        Run(folder, "managed", "--device", "managed");
        Assert.AreEqual(0, _other.Calls);
        Assert.AreEqual(Content(folder, "default"), Content(folder, "managed"));
        Assert.DoesNotContain("\\\"device\\\"", Content(folder, "managed"));
    }

    [TestMethod]
    public void Quantize_OtherDevice_SharesNoCacheWithTheManagedOne()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        string[] cache = ["--cache", folder.File("cache")];
        Run(folder, "managed", cache);
        Assert.DoesNotContain("came from the cache", Run(folder, "other", [.. cache, "--device", "torch-cpu"]).Output);
        Assert.Contains("4 of 4 parts came from the cache", Run(folder, "again", [.. cache, "--device", "torch-cpu"]).Output);
        Assert.AreEqual(Content(folder, "other"), Content(folder, "again"));
    }

    [TestMethod]
    public void Merge_PartsOfTwoDevices_IsRefused()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Run(folder, "one", "--part", "1/2");
        Run(folder, "two", "--part", "2/2", "--device", "torch-cpu");
        CommandRun merge = CommandRun.Execute("merge", folder.File("one"), folder.File("two"), "--output", folder.File("merged.moeq"));
        Assert.Contains("differ in the options", merge.Error);
    }

    [TestMethod]
    public void Quantize_DeviceThatCannotBeOpened_SaysWhatIsMissing()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        NumericDevice broken = new(DeviceNames.TorchCuda, () => throw new MoEQuantException(DeviceDiagnostics.Unavailable, "There is no such thing."));
        CommandRun run = CommandRun.Execute([broken], default, "quantize", folder.Path, "--output", folder.File("x.moeq"), "--device", "torch-cuda");
        Assert.AreEqual(2, run.ExitCode);
        Assert.StartsWith("error MOEQ2093: There is no such thing.", run.Error);
        Assert.IsFalse(File.Exists(folder.File("x.moeq")));
    }

    [TestMethod]
    public void Pipeline_OptionsOfAnotherDevice_Throws()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        QuantizationSource source = CheckpointSource.Create(checkpoint);
        Assert.ThrowsExactly<ArgumentException>(() => new QuantizationPipeline(source, new() { Name = "x", Device = "torch-cpu 9.9" }, ManagedBackend.Instance));
    }

    private CommandRun Run(TemporaryFolder folder, string output, params string[] more) =>
        CommandRun.Execute([_other.As(DeviceNames.TorchCpu)], default, ["quantize", folder.Path, "--output", folder.File(output), "--name", "small", "--threads", "1", .. more]);

    private static string Content(TemporaryFolder folder, string file) => Encoding.Latin1.GetString(File.ReadAllBytes(folder.File(file)));
}
