using System.Security.Cryptography;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Tests.Pipeline.Caching;

[TestClass]
public sealed class ResumeTests
{
    [TestMethod]
    public void Run_InterruptedAndContinued_MakesOnlyTheRestAndGivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string undisturbed = Quantize(folder, cache: null).Hash;
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => Quantize(folder, folder.File("cache"), new Follow { OnLayer = layer => { if (layer == 0) cancellation.Cancel(); } }, cancellationToken: cancellation.Token));
        Assert.HasCount(2, Segments(folder));
        Follow second = new();
        Assert.AreEqual(undisturbed, Quantize(folder, folder.File("cache"), second).Hash);
        Assert.Contains("2 of 4 parts came from the cache.", second.Messages);
        Follow third = new();
        Assert.AreEqual(undisturbed, Quantize(folder, folder.File("cache"), third).Hash);
        Assert.Contains("4 of 4 parts came from the cache.", third.Messages);
    }

    [TestMethod]
    [DataRow(0, "The embedding")]
    [DataRow(2, "Layer 2")]
    public void Run_DamagedSegment_IsMadeAgainWithAMessage(int unit, string title)
    {
        using TemporaryFolder folder = new();
        string hash = Quantize(folder, folder.File("cache")).Hash;
        string file = Segments(folder).Single(path => path.EndsWith($"unit-000{unit}.segment", StringComparison.Ordinal));
        byte[] whole = File.ReadAllBytes(file);
        foreach (int place in (int[])[0, 9, 16, 21, whole.Length / 2, whole.Length - 1])
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 4;
            File.WriteAllBytes(file, damaged);
            Follow follow = new();
            Assert.AreEqual(hash, Quantize(folder, folder.File("cache"), follow).Hash);
            Assert.Contains($"{title} in the cache is damaged and is made again.", follow.Messages);
            CollectionAssert.AreEqual(whole, File.ReadAllBytes(file));
        }

        File.WriteAllBytes(file, whole[..^7]);
        Assert.AreEqual(hash, Quantize(folder, folder.File("cache")).Hash);
    }

    [TestMethod]
    public void Run_CalibratedWithBudgetInterrupted_GoesOnFromTheStateAndGivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        File.WriteAllText(folder.File("text.txt"), string.Concat(Enumerable.Range(0, 300).Select(i => $"The {i}th sheep looked at the gate and went home. ")));
        QuantizationOptions options = new()
        {
            Name = "n",
            RankPolicy = RankPolicy.Budget,
            TargetBitsPerWeight = 9,
            Calibration = new() { Source = CalibrationSource.Files, Files = [folder.File("text.txt")], SequenceLength = 16, SequenceCount = 4 },
        };
        QuantizationResult made = Quantize(folder, cache: null, options: options).Result;
        string undisturbed = Hash(folder);
        Assert.AreEqual(9, made.Statistics.LinearBitsPerWeight, 0.5);
        Assert.IsTrue(made.Statistics.Matrices.Where(matrix => matrix.Layer >= 0).All(matrix => matrix.RelativeOutputError > 0));

        using CancellationTokenSource cancellation = new();
        Follow first = new() { OnLayer = layer => { if (layer == 0) cancellation.Cancel(); } };
        Assert.Throws<OperationCanceledException>(() => Quantize(folder, folder.File("cache"), first, options, cancellation.Token));
        string state = Directory.GetFiles(folder.File("cache"), "*.state", SearchOption.AllDirectories).Single();
        Assert.EndsWith("before-0001.state", state);
        byte[] content = File.ReadAllBytes(state);
        Assert.AreEqual(undisturbed, Quantize(folder, folder.File("cache"), options: options).Hash);

        // Without the state, or with a damaged one, the layers before are made once more: the same bytes, only later.
        foreach (string segment in Segments(folder)[2..])
            File.Delete(segment);
        content[content.Length / 2] ^= 1;
        File.WriteAllBytes(state, content);
        Assert.AreEqual(undisturbed, Quantize(folder, folder.File("cache"), options: options).Hash);
    }

    [TestMethod]
    public void Run_OtherOptionsOrWeights_ShareNothing()
    {
        using TemporaryFolder folder = new();
        _ = Quantize(folder, folder.File("cache"));
        Follow follow = new();
        _ = Quantize(folder, folder.File("cache"), follow, options: new() { Name = "n", DenseRank = 3, SparseRank = 2 });
        Assert.IsEmpty(follow.Messages);
        _ = Quantize(folder, folder.File("cache"), follow, options: new() { Name = "another", DenseRank = 3, SparseRank = 2, ThreadCount = 1 });
        Assert.Contains("4 of 4 parts came from the cache.", follow.Messages);

        byte[] weights = File.ReadAllBytes(folder.File("model/model.safetensors"));
        weights[^2] ^= 1;
        File.WriteAllBytes(folder.File("model/model.safetensors"), weights);
        follow = new();
        _ = Quantize(folder, folder.File("cache"), follow);
        Assert.IsEmpty(follow.Messages);
    }

    [TestMethod]
    public void Run_CacheThatCannotBeMade_WarnsOnceAndMakesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string expected = Quantize(folder, cache: null).Hash;
        File.WriteAllText(folder.File("cache"), "a file");
        Follow follow = new();

        Assert.AreEqual(expected, Quantize(folder, folder.File("cache"), follow).Hash);

        MoEQuantException warning = follow.Warnings.Single();
        Assert.AreEqual(("MOEQ3080", folder.File("cache")), (warning.Code, warning.Path));
        Assert.EndsWith("The run goes on and keeps no more finished layers.", warning.Found);
    }

    [TestMethod]
    public void Run_CacheOnAFullDisk_KeepsWhatFitsAndMakesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        string expected = Quantize(folder, folder.File("cache")).Hash;
        long first = new FileInfo(Segments(folder)[0]).Length;
        using SmallDisk disk = new(first + 3 * 4096);
        Follow follow = new();

        Assert.AreEqual(expected, Quantize(folder, disk.Path, follow).Hash);

        Assert.AreEqual("MOEQ3080", follow.Warnings.Single().Code);
        Assert.Contains("The volume was full", follow.Warnings.Single().Found);
        CollectionAssert.AreEquivalent(new[] { "title.txt", "unit-0000.segment" }, Files(disk.Path));

        disk.Resize(first * 100);
        Follow second = new();
        Assert.AreEqual(expected, Quantize(folder, disk.Path, second).Hash);
        Assert.Contains("1 of 4 parts came from the cache.", second.Messages);
        Assert.IsEmpty(second.Warnings);

        // What is complete serves readers that may not write.
        disk.MakeReadOnly();
        Follow third = new();
        Assert.AreEqual(expected, Quantize(folder, disk.Path, third).Hash);
        Assert.Contains("4 of 4 parts came from the cache.", third.Messages);
        Assert.IsEmpty(third.Warnings);
    }

    [TestMethod]
    public void Run_CacheClearedMeanwhile_KeepsWhatComesAfter()
    {
        using TemporaryFolder folder = new();
        Follow follow = new() { OnLayer = layer => { if (layer == 0) Directory.Delete(folder.File("cache"), recursive: true); } };

        _ = Quantize(folder, folder.File("cache"), follow);

        Assert.IsEmpty(follow.Warnings);
        CollectionAssert.AreEquivalent(new[] { "title.txt", "unit-0002.segment", "unit-0003.segment" }, Files(folder.File("cache")));
    }

    [TestMethod]
    public void Run_TemporaryFilesInTheCache_LosesThoseThatNobodyWritesAnyMore()
    {
        using TemporaryFolder folder = new();
        _ = Quantize(folder, folder.File("cache"));
        string unit = Segments(folder)[0];
        File.WriteAllText(unit + ".abandond.tmp", "of a process that was killed");
        File.SetLastWriteTimeUtc(unit + ".abandond.tmp", DateTime.UtcNow - TimeSpan.FromDays(2));
        File.WriteAllText(unit + ".inwork12.tmp", "of a process that works");

        _ = Quantize(folder, folder.File("cache"));

        Assert.AreEqual(unit + ".inwork12.tmp", Directory.GetFiles(folder.File("cache"), "*.tmp", SearchOption.AllDirectories).Single());
    }

    private static string?[] Files(string cache) => [.. Directory.GetFiles(cache, "*", SearchOption.AllDirectories).Select(Path.GetFileName)];

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Run_PlanInTheCache_IsNotMadeAgainUnlessItIsDamaged(bool damaged)
    {
        using TemporaryFolder folder = new();
        QuantizationOptions options = new() { Name = "n", RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 9 };
        string hash = Quantize(folder, folder.File("cache"), options: options).Hash;
        string plan = Directory.GetFiles(folder.File("cache"), "*.plan", SearchOption.AllDirectories).Single();
        byte[] content = File.ReadAllBytes(plan);
        if (damaged)
            File.WriteAllBytes(plan, [.. content[..100], (byte)(content[100] ^ 1), .. content[101..]]);
        foreach (string file in (string[])[.. Segments(folder), .. Directory.GetFiles(folder.File("cache"), "*.survey", SearchOption.AllDirectories)])
            File.Delete(file);
        Assert.AreEqual(hash, Quantize(folder, folder.File("cache"), options: options).Hash);
        Assert.HasCount(damaged ? 2 : 0, Directory.GetFiles(folder.File("cache"), "*.survey", SearchOption.AllDirectories));
        CollectionAssert.AreEqual(content, File.ReadAllBytes(plan));
    }

    private static string[] Segments(TemporaryFolder folder) => [.. Directory.GetFiles(folder.File("cache"), "*.segment", SearchOption.AllDirectories).Order()];

    private static (string Hash, QuantizationResult Result) Quantize(
        TemporaryFolder folder, string? cache, Follow? follow = null, QuantizationOptions? options = null, CancellationToken cancellationToken = default)
    {
        if (!Directory.Exists(folder.File("model")))
            SmallCheckpoint.Write(Directory.CreateDirectory(folder.File("model")).FullName);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.File("model"));
        options = (options ?? new() { Name = "n", DenseRank = 2, SparseRank = 2 }) with { CacheFolder = cache };
        QuantizationResult made = new QuantizationPipeline(CheckpointSource.Create(checkpoint), options).Run(folder.File("m.moeq"), follow, cancellationToken);
        return (Hash(folder), made);
    }

    private static string Hash(TemporaryFolder folder) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(folder.File("m.moeq"))));

    private sealed class Follow : IQuantizationProgress
    {
        public List<string> Messages { get; } = [];

        public List<MoEQuantException> Warnings { get; } = [];

        public Action<int> OnLayer { get; init; } = _ => { };

        public void Report(in QuantizationProgress progress)
        {
            if (progress.LayerCompleted)
                OnLayer(progress.Layer);
        }

        public void Inform(string message) => Messages.Add(message);

        public void Warn(MoEQuantException warning) => Warnings.Add(warning);
    }
}
