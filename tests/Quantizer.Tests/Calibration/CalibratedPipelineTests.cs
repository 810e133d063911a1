using System.Text;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Tests.Pipeline;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;

namespace MoEQuant.Quantizer.Tests.Calibration;

/// <summary>Whole calibrated runs on a small random model.</summary>
[TestClass]
public sealed class CalibratedPipelineTests
{
    private static readonly CalibrationOptions Calibration = new() { Source = CalibrationSource.Files, SequenceLength = 32, SequenceCount = 6 };

    [TestMethod]
    public void Run_OneOrThreeThreads_GivesTheSameBytes()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Quantize(folder, "one.moeq", Calibration, threads: 1);
        Quantize(folder, "three.moeq", Calibration, threads: 3);
        Assert.IsTrue(File.ReadAllBytes(folder.File("one.moeq")).AsSpan().SequenceEqual(File.ReadAllBytes(folder.File("three.moeq"))));
    }

    [TestMethod]
    public void Run_ExpertThatNoTokenReaches_IsCalibratedOnTheWholeStreamAndTheModelRuns()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        UnusedExpert.Plant(folder.Path, layer: 1, expert: 2);
        QuantizationResult result = Quantize(folder, "m.moeq", Calibration);
        ExpertStatistics expert = result.Statistics.Layers[1].Experts[2];
        Assert.AreEqual((0L, ExpertFallback.WholeStream), (expert.RoutedTokens, expert.Fallback));
        Assert.AreEqual(8L * 32, expert.UsedTokens);
        foreach (TensorStatistics matrix in result.Statistics.Matrices)
            Assert.IsTrue(double.IsFinite(matrix.RelativeError) && double.IsFinite(matrix.RelativeOutputError ?? 0), matrix.Name);

        using MoEModel model = MoEModel.Load(folder.File("m.moeq"));
        using InferenceSession session = model.CreateSession();
        foreach (float logit in session.Process([5, 6, 7, 8]))
            Assert.IsTrue(float.IsFinite(logit));
    }

    [TestMethod]
    public void Run_SampleModel_LeavesNoExpertBelowTheBalanceAndReportsRouting()
    {
        using TemporaryFolder folder = new();
        // Rounding to nearest: the routing is the subject, and error feedback takes its time.
        QuantizationResult result = Quantize(
            folder, "m.moeq", Calibration with { SequenceLength = 64, SequenceCount = 4 }, checkpoint: RepositoryPaths.SampleCheckpoint, rounding: RoundingMethod.Nearest);
        double average = 4 * 64 * 4 / 16.0;
        foreach (LayerStatistics layer in result.Statistics.Layers)
        {
            Assert.HasCount(16, layer.Experts);
            foreach (ExpertStatistics expert in layer.Experts)
            {
                Assert.IsGreaterThanOrEqualTo((long)(2 * average), expert.UsedTokens);
                Assert.AreEqual(expert.UsedTokens > expert.RoutedTokens, expert.Fallback != ExpertFallback.None);
            }

            Assert.AreEqual(4 * 64 * 4, layer.Experts.Sum(expert => expert.RoutedTokens));
            Assert.IsInRange(0.8, 1.0, layer.RouterAgreement!.Value);
        }
    }

    [TestMethod]
    public void Run_SampleModel_IsMuchCloserToTheOriginalThanRoundingToNearest()
    {
        using TemporaryFolder folder = new();
        Quantize(folder, "nearest.moeq", new(), checkpoint: RepositoryPaths.SampleCheckpoint, rounding: RoundingMethod.Nearest);
        Quantize(folder, "calibrated.moeq", Calibration with { SequenceLength = 128, SequenceCount = 8 }, checkpoint: RepositoryPaths.SampleCheckpoint);
        double nearest = Divergence(folder.File("nearest.moeq")), calibrated = Divergence(folder.File("calibrated.moeq"));
        Console.WriteLine($"KL divergence: nearest {nearest:F5}, calibrated {calibrated:F5}");
        Assert.IsLessThan(0.8 * nearest, calibrated);
    }

    [TestMethod]
    public void Run_FewTokensPerExpert_WarnsOrFailsAsAsked()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        Warnings warnings = new();
        Quantize(folder, "m.moeq", Calibration with { MinExpertTokens = 100_000 }, progress: warnings);
        CollectionAssert.AreEqual((string[])["MOEQ3054", "MOEQ3054"], warnings.Codes);
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(
            () => Quantize(folder, "m.moeq", Calibration with { MinExpertTokens = 100_000, StarvedExperts = StarvedExpertAction.Fail }));
        Assert.AreEqual("MOEQ3054", failure.Code);
        Assert.Contains("100000", failure.Found);
    }

    [TestMethod]
    public void Run_TextMissingInvalidOrTooShort_IsCoded()
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        File.WriteAllBytes(folder.File("bad.txt"), [0x61, 0xFF, 0x62]);
        File.WriteAllText(folder.File("short.txt"), "Few words.");
        Assert.AreEqual("MOEQ3050", Code(Calibration with { Files = [folder.File("none.txt")] }));
        Assert.AreEqual("MOEQ3051", Code(Calibration with { Files = [folder.Path] }));
        Assert.AreEqual("MOEQ3052", Code(Calibration with { Files = [folder.File("bad.txt")] }));
        Assert.AreEqual("MOEQ3053", Code(Calibration with { Files = [folder.File("short.txt")] }));
        Assert.AreEqual("MOEQ3056", Code(Calibration with { SequenceLength = 129 }));

        string Code(CalibrationOptions calibration) => Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, "m.moeq", calibration)).Code;
    }

    private static QuantizationResult Quantize(
        TemporaryFolder folder, string name, CalibrationOptions calibration, int threads = 1, string? checkpoint = null, IQuantizationProgress? progress = null, RoundingMethod? rounding = null)
    {
        // The tokenizer's own file is a text like any other: names of tokens in JSON.
        if (calibration.Source == CalibrationSource.Files && calibration.Files.Count == 0)
        {
            File.WriteAllText(folder.File("text.txt"), File.ReadAllText(Path.Combine(RepositoryPaths.SampleCheckpoint, "tokenizer.json"))[..40_000], Encoding.UTF8);
            calibration = calibration with { Files = [folder.File("text.txt")] };
        }

        QuantizationOptions options = new() { Name = "n", DenseRank = 0, SparseRank = 0, ThreadCount = threads, Calibration = calibration, Rounding = rounding };
        using CheckpointFolder source = CheckpointFolder.Open(checkpoint ?? folder.Path);
        return new QuantizationPipeline(CheckpointSource.Create(source), options).Run(folder.File(name), progress);
    }

    private static double Divergence(string path)
    {
        using MoEModel model = MoEModel.Load(path, Comparison.ModelOptions(1));
        using MoEModel reference = ModelLoader.Load(RepositoryPaths.SampleCheckpoint, Comparison.ModelOptions(1));
        string readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));
        return ModelComparer.Run(model, reference, Comparison.Plan(model, reference, "", [new("", readme)], 128, 4), null, CancellationToken.None).MeanDivergence;
    }

    private sealed class Warnings : IQuantizationProgress
    {
        public List<string> Codes { get; } = [];

        public void Report(in QuantizationProgress progress)
        {
        }

        public void Warn(MoEQuantException warning) => Codes.Add(warning.Code);
    }
}
