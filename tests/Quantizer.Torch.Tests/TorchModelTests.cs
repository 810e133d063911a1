using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Torch.Tests;

/// <summary>The sample model packed on a device of libtorch, beside the managed one.</summary>
[TestClass]
public sealed class TorchModelTests
{
    [TestMethod]
    [DataRow(DeviceNames.TorchCpu, false)]
    [DataRow(DeviceNames.TorchCpu, true)]
    [DataRow(DeviceNames.TorchCuda, false)]
    [DataRow(DeviceNames.TorchCuda, true)]
    public void SampleModel_AnyDevice_IsAsGoodAsManaged(string device, bool calibrated)
    {
        using TemporaryFolder folder = new();
        QuantizationStatistics torch = Pack(folder.File("torch.moeq"), TorchDevice.Require(device), calibrated).Statistics, managed = Pack(folder.File("managed.moeq"), ManagedBackend.Instance, calibrated).Statistics;
        (double worst, string name) = (0, "");
        foreach ((TensorStatistics expected, TensorStatistics found) in managed.Matrices.Zip(torch.Matrices))
        {
            double difference = found.RelativeError / expected.RelativeError - 1;
            if (difference > worst)
                (worst, name) = (difference, found.Name);
            Assert.AreEqual((expected.Name, expected.Bits, expected.Rank), (found.Name, found.Bits, found.Rank));
            Assert.IsLessThan(0.05, difference, $"{found.Name}: {found.RelativeError} instead of {expected.RelativeError}");
        }

        Console.WriteLine($"{device}, calibrated {calibrated}: {managed.Matrices.Count()} matrices, relative error {torch.Total.RelativeError} (managed {managed.Total.RelativeError}), largest excess {worst:P2} in {name}");
        Assert.AreEqual(managed.Total.RelativeError, torch.Total.RelativeError, 0.005 * managed.Total.RelativeError);
    }

    [TestMethod]
    public void SampleModel_OtherThreadsOnTheProcessor_GiveTheSameBytes()
    {
        using TemporaryFolder folder = new();
        INumericBackend backend = TorchDevice.Require(DeviceNames.TorchCpu);
        string one = Pack(folder.File("one.moeq"), backend, calibrated: false, threads: 1).Path, three = Pack(folder.File("three.moeq"), backend, calibrated: false, threads: 3).Path;
        CollectionAssert.AreEqual(File.ReadAllBytes(one), File.ReadAllBytes(three));
    }

    private static QuantizationResult Pack(string path, INumericBackend backend, bool calibrated, int threads = 2)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        QuantizationOptions options = new() { Name = "sample", Device = backend.Device, ThreadCount = threads };
        if (calibrated)
            options = options with { DenseRank = 8, SparseRank = 0, Calibration = new() { Source = CalibrationSource.Files, Files = [Path.Combine(RepositoryPaths.Root, "README.md")], SequenceCount = 4, SequenceLength = 128 } };
        return new QuantizationPipeline(CheckpointSource.Create(checkpoint), options, backend).Run(path);
    }
}
