using System.Security.Cryptography;
using System.Text.Json;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Pipeline;

[TestClass]
public sealed class QuantizationPipelineTests
{
    [TestMethod]
    public void Run_OneTwoAndFiveThreads_GiveTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string[] hashes = [.. new[] { 1, 2, 5 }.Select(threads =>
        {
            string path = folder.File($"{threads}.moeq");
            Quantize(path, new() { Name = "tiny-olmoe", ThreadCount = threads });
            return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));
        })];
        Assert.AreEqual(hashes[0], hashes[1]);
        Assert.AreEqual(hashes[0], hashes[2]);
    }

    [TestMethod]
    public void Run_Defaults_FileIsValidAndAtMost36PercentOfTheCheckpoint()
    {
        using TemporaryFolder folder = new();
        QuantizationResult result = Quantize(folder.File("model.moeq"), new() { Name = "tiny-olmoe" });
        using PackedModelFile file = PackedModelFile.Open(folder.File("model.moeq"));
        file.VerifyPayload(CancellationToken.None);
        Assert.AreEqual("W3A16", file.Info.Scheme);
        Assert.AreEqual("tiny-olmoe", file.Info.Name);
        Assert.IsTrue(file.TryGetMatrix("model.layers.3.mlp.experts.15.down_proj.weight", out PackedMatrixRecord record, out _));
        Assert.AreEqual((256, 192, 3, 8, 64, QuantizationOptions.DefaultSparseRank), (record.Rows, record.Columns, record.Bits, record.CompensatorBits, record.GroupSize, record.Rank));
        Assert.IsTrue(file.TryGetMatrix("lm_head.weight", out record, out _));
        Assert.AreEqual((8, 0), (record.Bits, record.Rank));
        Assert.IsTrue(file.TryGetVector("model.layers.0.mlp.gate.weight", out _));
        Console.WriteLine($"{result.SourceBytes} -> {result.PackedBytes} bytes, {result.Statistics.BitsPerWeight:F3} bits per weight, {result.Statistics.LinearBitsPerWeight:F3} in the layers, error {result.Statistics.Total.RelativeError:F4}, without compensator {result.Statistics.Total.PlainRelativeError:F4}");
        Assert.IsLessThanOrEqualTo(0.36 * result.SourceBytes, result.PackedBytes);
    }

    [TestMethod]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Run_DefaultsOnOtherFamilies_FileIsAtMost36PercentOfTheCheckpoint(string name)
    {
        string checkpoint = SharedModels.Require(name);
        using TemporaryFolder folder = new();
        QuantizationResult result = Quantize(folder.File("model.moeq"), new() { Name = name }, checkpoint: checkpoint);
        Console.WriteLine($"{result.PackedBytes} of {result.SourceBytes} bytes, error {result.Statistics.Total.RelativeError:F4}");
        Assert.IsLessThanOrEqualTo(0.36 * result.SourceBytes, result.PackedBytes);
        Assert.IsLessThan(0.75 * result.Statistics.Total.PlainRelativeError, result.Statistics.Total.RelativeError);
    }

    [TestMethod]
    public void Run_Record_TellsOptionsClassesAndErrorsAndNothingOfTheMachine()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Quantize(folder.File("model.moeq"), new() { Name = "n", DenseRank = 4, SparseRank = 300, CompensatorBits = 3 }, checkpoint: folder.Path);
        using PackedModelFile file = PackedModelFile.Open(folder.File("model.moeq"));
        string text = file.Info.RecordJson;
        Assert.DoesNotContain(folder.Path, text);
        Assert.DoesNotContain(RepositoryPaths.Root, text);
        JsonElement record = JsonDocument.Parse(text).RootElement;
        Assert.AreEqual(3, record.GetProperty("options").GetProperty("compensatorBits").GetInt32());
        JsonElement expert = record.GetProperty("classes").EnumerateArray().Single(c => c.GetProperty("role").GetString() == "expertLinear");
        Assert.AreEqual(300, expert.GetProperty("requestedRank").GetInt32());
        Assert.AreEqual(SmallCheckpoint.Intermediate, expert.GetProperty("rank").GetInt32());
        Assert.AreEqual(2 * 4 * 3, expert.GetProperty("clampedRanks").GetInt32());
        JsonElement errors = record.GetProperty("errors").EnumerateArray().Single(e => e.GetProperty("kind").GetString() == "self_attn.q_proj");
        Assert.AreEqual(2, errors.GetProperty("relativeError").GetArrayLength());
        foreach ((JsonElement stored, JsonElement plain) in errors.GetProperty("relativeError").EnumerateArray().Zip(errors.GetProperty("plainRelativeError").EnumerateArray()))
            Assert.IsLessThan(plain.GetDouble(), stored.GetDouble());
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Run_CancelledMidway_ThrowsAndLeavesNoFile(int threads)
    {
        using TemporaryFolder folder = new();
        using CancellationTokenSource cancellation = new();
        CancelAt progress = new(0.4, cancellation);
        Assert.Throws<OperationCanceledException>(() => Quantize(folder.File("model.moeq"), new() { Name = "n", ThreadCount = threads }, progress, cancellationToken: cancellation.Token));
        Assert.IsGreaterThan(0.4, progress.Last);
        Assert.IsLessThan(0.9, progress.Last);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Run_ExistingFileAndFailure_KeepsTheExistingFile()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("model.moeq"), "before");
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Quantize(folder.File("model.moeq"), new() { Name = "n" }, new CancelAt(0.1, cancellation), cancellationToken: cancellation.Token));
        Assert.AreEqual("before", File.ReadAllText(folder.File("model.moeq")));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Run_Progress_RisesToOneAndCompletesEveryLayerInOrder()
    {
        using TemporaryFolder folder = new();
        Recorder recorder = new();
        Quantize(folder.File("model.moeq"), new() { Name = "n", DenseRank = 0, SparseRank = 0 }, recorder);
        Assert.AreEqual(1.0, recorder.Reports[^1].Fraction);
        for (int i = 1; i < recorder.Reports.Count; i++)
            Assert.IsGreaterThanOrEqualTo(recorder.Reports[i - 1].Fraction, recorder.Reports[i].Fraction);
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, recorder.Reports.Where(r => r.LayerCompleted).Select(r => r.Layer).ToArray());
    }

    [TestMethod]
    public void Run_FolderMissing_IsCoded()
    {
        using TemporaryFolder folder = new();
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => Quantize(Path.Combine(folder.Path, "none", "m.moeq"), new() { Name = "n" }));
        Assert.AreEqual("MOEQ5020", failure.Code);
    }

    private static QuantizationResult Quantize(
        string path, QuantizationOptions options, IQuantizationProgress? progress = null, string? checkpoint = null, CancellationToken cancellationToken = default)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(checkpoint ?? RepositoryPaths.SampleCheckpoint);
        return new QuantizationPipeline(CheckpointSource.Create(folder), options).Run(path, progress, cancellationToken);
    }

    private sealed class CancelAt(double fraction, CancellationTokenSource cancellation) : IQuantizationProgress
    {
        public double Last { get; private set; }

        public void Report(in QuantizationProgress progress)
        {
            Last = progress.Fraction;
            if (progress.Fraction > fraction)
                cancellation.Cancel();
        }
    }

    private sealed class Recorder : IQuantizationProgress
    {
        public List<QuantizationProgress> Reports { get; } = [];

        public void Report(in QuantizationProgress progress) => Reports.Add(progress);
    }
}
