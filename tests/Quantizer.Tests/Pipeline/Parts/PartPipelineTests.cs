using System.Collections.Concurrent;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Parts;
using MoEQuant.Quantizer.Pipeline.Planning;

namespace MoEQuant.Quantizer.Tests.Pipeline.Parts;

[TestClass]
public sealed class PartPipelineTests
{
    [TestMethod]
    public void Run_OtherThreadsAndCache_GiveTheSamePartFile()
    {
        using DividedRun run = new();
        byte[] first = File.ReadAllBytes(run.Part(2, 3, DividedRun.Options with { ThreadCount = 1 }));
        foreach (string time in (string[])["filling the cache", "from the cache"])
            CollectionAssert.AreEqual(first, File.ReadAllBytes(run.Part(2, 3, DividedRun.Options with { ThreadCount = 3, CacheFolder = run.Cache })), time);
    }

    [TestMethod]
    public void Run_CacheOfAWholeRun_MakesNothing()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { CacheFolder = run.Cache };
        byte[] whole = run.Whole(options);
        Messages messages = new();
        string[] parts = [run.Part(1, 2, options, messages), run.Part(2, 2, options, messages)];
        CollectionAssert.AreEqual(new[] { "2 of the 2 pieces of part 1/2 came from the cache.", "2 of the 2 pieces of part 2/2 came from the cache." }, messages.All.ToArray());
        CollectionAssert.AreEqual(whole, run.MergedBytes(parts));
    }

    [TestMethod]
    public void Run_CacheOfAPart_SpeedsUpTheWholeRunAndOtherDivisions()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { CacheFolder = run.Cache };
        run.Part(1, 4, options);
        Messages messages = new();
        run.Use(source => new QuantizationPipeline(source, options).Run(run.File("whole.moeq"), messages));
        CollectionAssert.AreEqual(new[] { "1 of 4 parts came from the cache." }, messages.All.ToArray());
    }

    [TestMethod]
    public void Run_AllPartsAtOnceWithOneCache_GiveTheBytesOfOneRun()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 9, ThreadCount = 1 };
        byte[] whole = run.Whole(options);
        string[] parts = new string[4];
        Messages messages = new();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(i => new Thread(() => parts[i] = run.Part(i + 1, 4, options with { CacheFolder = run.Cache }, messages)))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        CollectionAssert.AreEqual(whole, run.MergedBytes(parts));
        Assert.IsEmpty(Directory.GetFiles(run.Cache, "*.tmp", SearchOption.AllDirectories));
        Assert.IsEmpty(messages.Warnings, "Each could use the cache.");
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void Run_AnotherProcessWritesTheTitleOfTheCache_UsesTheCacheAllTheSame()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { CacheFolder = run.Cache };
        run.Part(1, 4, options);
        string title = Directory.GetFiles(run.Cache, "title.txt", SearchOption.AllDirectories).Single();
        using FileStream held = new(title, FileMode.Truncate, FileAccess.Write, FileShare.None);
        Messages messages = new();
        run.Part(2, 4, options, messages);
        Assert.IsEmpty(messages.Warnings);
        Assert.HasCount(2, Directory.GetFiles(run.Cache, "*.segment", SearchOption.AllDirectories));
    }

    [TestMethod]
    public void Run_BudgetWithCache_SurveysEveryLayerOnce()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 9, CacheFolder = run.Cache };
        run.Part(1, 2, options);
        string[] surveys = Directory.GetFiles(run.Cache, "*.survey", SearchOption.AllDirectories);
        Assert.HasCount(2, surveys);
        DateTime[] times = [.. surveys.Select(File.GetLastWriteTimeUtc)];
        // As where both parts are still planning.
        File.Delete(Directory.GetFiles(run.Cache, "*.plan", SearchOption.AllDirectories).Single());
        run.Part(2, 2, options);
        CollectionAssert.AreEqual(times, surveys.Select(File.GetLastWriteTimeUtc).ToArray());
    }

    [TestMethod]
    public void Run_MatricesOfZerosWithBudgetAndCache_GiveTheBytesOfOneRun()
    {
        // Nothing gains by bits here, so that the only target in reach is the cheapest: 6.514 bits with the padding of these small matrices.
        using DividedRun run = new(deviation: 0);
        QuantizationOptions options = DividedRun.Options with { RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 6.52 };
        byte[] whole = run.Whole(options);
        foreach (string time in (string[])["filling the cache", "from the cache"])
            CollectionAssert.AreEqual(whole, run.MergedBytes(run.Parts(2, options with { CacheFolder = run.Cache })), time);
    }

    [TestMethod]
    public void Run_DamagedSurveyInTheCache_IsMadeAgain()
    {
        using DividedRun run = new();
        QuantizationOptions options = DividedRun.Options with { RankPolicy = RankPolicy.Budget, TargetBitsPerWeight = 9, CacheFolder = run.Cache };
        byte[] part = File.ReadAllBytes(run.Part(1, 2, options));
        foreach (string file in (string[])[.. Directory.GetFiles(run.Cache, "*.segment", SearchOption.AllDirectories), .. Directory.GetFiles(run.Cache, "*.plan", SearchOption.AllDirectories)])
            File.Delete(file);
        string survey = Directory.GetFiles(run.Cache, "*.survey", SearchOption.AllDirectories)[0];
        byte[] content = File.ReadAllBytes(survey);
        File.WriteAllBytes(survey, [.. content[..^40], (byte)(content[^40] ^ 1), .. content[^39..]]);
        CollectionAssert.AreEqual(part, File.ReadAllBytes(run.Part(1, 2, options)));
        CollectionAssert.AreEqual(content, File.ReadAllBytes(survey));
    }

    [TestMethod]
    public void Constructor_MorePartsThanPieces_SaysHowManyThereAre()
    {
        using DividedRun run = new();
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => run.Part(2, 5));
        Assert.AreEqual("MOEQ3085", failure.Code);
        Assert.Contains("--part is 2/5; the model has 4 pieces: the embedding, 2 layers, and the tail", failure.Found);
    }

    [TestMethod]
    public void Constructor_Calibrated_IsRefusedWithAWayOut()
    {
        using DividedRun run = new();
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => run.Part(1, 2, DividedRun.Options with { Calibration = new() { Source = CalibrationSource.Self } }));
        Assert.AreEqual("MOEQ3086", failure.Code);
        Assert.Contains("--cache", failure.Descriptor.Remedy);
    }

    [TestMethod]
    public void Run_Cancelled_LeavesNothing()
    {
        using DividedRun run = new();
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => run.Part(1, 1, progress: new CancelAfterLayer(cancellation), cancellationToken: cancellation.Token));
        Assert.HasCount(1, Directory.GetFileSystemEntries(Path.GetDirectoryName(run.Checkpoint)!), "The checkpoint alone.");
    }

    [TestMethod]
    public void Run_CancelledWithCache_GoesOnBehindTheLastFinishedPiece()
    {
        using DividedRun run = new();
        byte[] undisturbed = File.ReadAllBytes(run.Part(1, 1));
        QuantizationOptions options = DividedRun.Options with { CacheFolder = run.Cache };
        using CancellationTokenSource cancellation = new();
        Assert.Throws<OperationCanceledException>(() => run.Part(1, 1, options, new CancelAfterLayer(cancellation), cancellation.Token));
        Messages messages = new();
        CollectionAssert.AreEqual(undisturbed, File.ReadAllBytes(run.Part(1, 1, options, messages)));
        CollectionAssert.AreEqual(new[] { "2 of the 4 pieces of part 1/1 came from the cache." }, messages.All.ToArray());
    }

    [TestMethod]
    [DataRow("1/1", 1, 1)]
    [DataRow("2/8", 2, 8)]
    [DataRow("8/8", 8, 8)]
    public void TryParse_PartOfARun_GivesItsNumbers(string text, int number, int count)
    {
        Assert.IsTrue(PartNumber.TryParse(text, out PartNumber part));
        Assert.AreEqual(new PartNumber(number, count), part);
        Assert.AreEqual(text, part.ToString());
    }

    private sealed class Messages : IQuantizationProgress
    {
        public List<string> All { get; } = [];

        public ConcurrentQueue<string> Warnings { get; } = [];

        public void Warn(MoEQuantException warning) => Warnings.Enqueue(warning.Message);

        public void Report(in QuantizationProgress progress)
        {
        }

        public void Inform(string message) => All.Add(message);
    }
}
