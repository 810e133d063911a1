using System.Globalization;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Pipeline.Planning;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Pipeline.Planning;

[TestClass]
public sealed class RankPolicyTests
{
    [TestMethod]
    public void Run_Kurtosis_CostsWhatUniformCostsAndFollowsTheWeights()
    {
        using TemporaryFolder folder = new();
        QuantizationStatistics uniform = Quantize(folder, RankPolicy.Uniform), kurtosis = Quantize(folder, RankPolicy.Kurtosis);
        foreach (TensorRole role in (TensorRole[])[TensorRole.DenseLinear, TensorRole.ExpertLinear])
        {
            long budget = Compensators(uniform, role), spent = Compensators(kurtosis, role);
            Assert.IsLessThanOrEqualTo(budget, spent);
            Assert.IsGreaterThan(0.98 * budget, spent);
        }

        Assert.IsGreaterThan(1, kurtosis.Matrices.Where(matrix => matrix.Role == TensorRole.DenseLinear).Select(matrix => matrix.Rank).Distinct().Count());
    }

    [TestMethod]
    public void Run_Frequency_GivesRankInProportionToUse()
    {
        using TemporaryFolder folder = new();
        string experts = string.Join(',', Enumerable.Range(0, 16).Select(e => string.Create(CultureInfo.InvariantCulture, $$"""{ "expert": {{e}}, "routedTokens": {{(e == 3 ? 0 : e < 8 ? 100 : 300)}} }""")));
        File.WriteAllText(folder.File("statistics.json"), $$"""{ "layers": [ {{string.Join(',', Enumerable.Range(0, 4).Select(layer => $$"""{ "layer": {{layer}}, "experts": [ {{experts}} ] }"""))}} ] }""");
        QuantizationStatistics made = Quantize(folder, RankPolicy.Frequency, folder.File("statistics.json"));
        Assert.AreEqual(0, Rank(made, 2, 3));
        Assert.AreEqual(3.0, (double)Rank(made, 2, 12) / Rank(made, 2, 5), 0.5);
        Assert.IsTrue(made.Matrices.Where(matrix => matrix.Role == TensorRole.DenseLinear).All(matrix => matrix.Rank == 4));
    }

    [TestMethod]
    public void Run_FrequencyWithoutStatistics_IsCoded()
    {
        using TemporaryFolder folder = new();
        Assert.AreEqual("MOEQ2047", Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, RankPolicy.Frequency)).Code);
        File.WriteAllText(folder.File("statistics.json"), """{ "layers": [ { "layer": 0, "experts": [ { "expert": 0, "routedTokens": 5 } ] } ] }""");
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, RankPolicy.Frequency, folder.File("statistics.json")));
        Assert.AreEqual("MOEQ2047", failure.Code);
        Assert.Contains("expert 1 of layer 0", failure.Message);
        File.WriteAllText(folder.File("statistics.json"), """{ "layers": 3 }""");
        Assert.AreEqual("MOEQ2046", Assert.ThrowsExactly<MoEQuantException>(() => Quantize(folder, RankPolicy.Frequency, folder.File("statistics.json"))).Code);
    }

    [TestMethod]
    public void Run_FrequencyWithCalibration_FollowsTheRouters()
    {
        using TemporaryFolder folder = new();
        string text = folder.File("text.txt");
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("Once upon a time there was a little girl who lived near the forest. ", 60)));
        QuantizationStatistics made = Quantize(folder, RankPolicy.Frequency, null, new() { Source = CalibrationSource.Files, Files = [text], SequenceLength = 64, SequenceCount = 4, BalanceRatio = 0 });
        foreach (LayerStatistics layer in made.Layers.Where(layer => layer.Experts.Count > 0))
        {
            // The routers of the quantized network, which the statistics tell about, differ little from the original's, which the plan was made from.
            ExpertStatistics most = layer.Experts.MaxBy(expert => expert.RoutedTokens)!, least = layer.Experts.MinBy(expert => expert.RoutedTokens)!;
            Assert.IsGreaterThan(Rank(made, layer.Layer, least.Expert), Rank(made, layer.Layer, most.Expert));
        }
    }

    private static int Rank(QuantizationStatistics made, int layer, int expert) => made.Matrices.Single(matrix => matrix.Name == $"model.layers.{layer}.mlp.experts.{expert}.up_proj.weight").Rank;

    private static long Compensators(QuantizationStatistics statistics, TensorRole role) => statistics.Classes.Single(figures => figures.Role == role).CompensatorBytes;

    private static QuantizationStatistics Quantize(TemporaryFolder folder, RankPolicy policy, string? statistics = null, CalibrationOptions? calibration = null)
    {
        using CheckpointFolder checkpoint = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        QuantizationOptions options = new()
        {
            Name = "n",
            RankPolicy = policy,
            Rounding = calibration is null ? null : RoundingMethod.Hqq,
            DenseRank = 4,
            SparseRank = policy == RankPolicy.Frequency ? 12 : 3,
            StatisticsFile = statistics,
            Calibration = calibration ?? new(),
        };
        return new QuantizationPipeline(CheckpointSource.Create(checkpoint), options).Run(folder.File($"{policy}.moeq")).Statistics;
    }
}
