using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Algorithms.EAQuant.Rotation;
using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Tokenization;
using MoEQuant.Runtime.Weights;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

/// <summary>Transformed float weights compute the same logits.</summary>
[TestClass]
public sealed class EquivalenceTests
{
    // Absolute, on logits of order 10.
    private const float LogitTolerance = 2e-3f;

    private static readonly int[] Tokens = [.. Enumerable.Range(0, 48).Select(i => (i * 37 + 11) % 4096)];

    [TestMethod]
    [DataRow("tiny-olmoe", "norms")]
    [DataRow("tiny-olmoe", "values")]
    [DataRow("tiny-olmoe", "inner")]
    [DataRow("tiny-olmoe", "rotation")]
    [DataRow("tiny-olmoe", "all")]
    [DataRow("tiny-mixtral", "values")]
    [DataRow("tiny-mixtral", "all")]
    [DataRow("tiny-deepseek-moe", "all")]
    public void TransformedWeights_EveryTransform_GiveTheSameLogits(string model, string transforms)
    {
        string path = model == "tiny-olmoe" ? RepositoryPaths.SampleCheckpoint : SharedModels.Require(model);
        using CheckpointFolder folder = CheckpointFolder.Open(path);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        TensorPlan plan = TensorPlan.For(config);
        CheckpointReader original = new(folder);
        LayerTransform transform = new();
        if (transforms is "rotation" or "all")
            transform = ModelRotation.Create(config, plan, original, new RotationOptions { Inner = false });
        foreach ((LayerPlan layer, int seed) in plan.Layers.Select((layer, index) => (layer, index)))
            Smooth(transform, layer, config, transforms, seed);
        TransformedReader transformed = new(original, transform);
        Assert.IsGreaterThan(0.1, Difference(original, transformed, plan.Layers[1].Output.Weight) + Difference(original, transformed, plan.Layers[1].Experts[0].Down)
            + Difference(original, transformed, plan.Layers[1].Experts[0].Gate), "Nothing was transformed.");
        AssertSameLogits(Logits(path, config, new ReaderWeights(original)), Logits(path, config, new ReaderWeights(transformed)));
    }

    [TestMethod]
    public void Rotation_OfInnerChannels_MatchesRotatedInputs()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        PlannedTensor down = TensorPlan.For(config).Layers[2].Experts[3].Down;
        RotationOptions options = new() { Residual = false, Values = false };
        TransformedReader reader = new(new CheckpointReader(folder), ModelRotation.Create(config, TensorPlan.For(config), new CheckpointReader(folder), options));
        float[] before = new float[down.Columns], after = new float[down.Columns];
        folder.ReadRows(down, 17, 1, before);
        reader.ReadRows(down, 17, 1, after);
        Assert.AreEqual(64, ModelRotation.InnerBlockOf(down.Columns, options), "192 = 3 · 64");
        new BlockHadamard(down.Columns, 64).Apply(before);
        for (int column = 0; column < before.Length; column++)
            Assert.AreEqual(before[column], after[column], 1e-6f);
    }

    [TestMethod]
    public void Reader_RowsOneByOne_EqualTheWholeMatrix()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        TensorPlan plan = TensorPlan.For(config);
        TransformedReader reader = new(new CheckpointReader(folder), ModelRotation.Create(config, plan, new CheckpointReader(folder), new RotationOptions()));
        PlannedTensor output = plan.Layers[0].Output.Weight;
        float[] whole = new float[output.ElementCount], row = new float[output.Columns];
        reader.ReadRows(output, 0, output.Rows, whole);
        foreach (int index in (int[])[0, 1, 127, 128, output.Rows - 1])
        {
            reader.ReadRows(output, index, 1, row);
            CollectionAssert.AreEqual(whole[(index * output.Columns)..((index + 1) * output.Columns)], row, $"Row {index}");
        }
    }

    [TestMethod]
    public void Rotation_TiedEmbeddings_IsRefused()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig tied = ModelConfig.Parse(folder.ReadConfig()) with { TieWordEmbeddings = true };
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(
            () => ModelRotation.Create(tied, TensorPlan.For(tied), new CheckpointReader(folder), new RotationOptions()));
        Assert.AreEqual("MOEQ3070", failure.Descriptor.Code);
        _ = ModelRotation.Create(tied, TensorPlan.For(tied), new CheckpointReader(folder), new RotationOptions { Residual = false });
    }

    [TestMethod]
    public void Values_OfAModelThatClipsThem_AreLeftAlone()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig clipping = ModelConfig.Parse(folder.ReadConfig()) with { ClipQkv = 8 };
        TensorPlan plan = TensorPlan.For(clipping);
        LayerTransform transform = ModelRotation.Create(clipping, plan, new CheckpointReader(folder), new RotationOptions { Residual = false, Inner = false });
        Assert.IsTrue(transform.IsEmpty);
        Assert.ThrowsExactly<ArgumentException>(() => transform.SmoothValues(plan.Layers[0], clipping, Scales(clipping.KeyValueSize, 1)));
    }

    private static void Smooth(LayerTransform transform, LayerPlan layer, ModelConfig config, string transforms, int seed)
    {
        if (transforms is "norms" or "all")
        {
            transform.SmoothAttentionInput(layer, Scales(config.HiddenSize, seed));
            transform.SmoothFeedForwardInput(layer, Scales(config.HiddenSize, seed + 100));
        }

        if (transforms is "values" or "all")
            transform.SmoothValues(layer, config, Scales(config.KeyValueSize, seed + 200));
        if (transforms is not ("inner" or "all"))
            return;
        foreach (GatedMlpPlan network in layer.Networks())
            transform.SmoothInner(network, Scales(network.Down.Columns, seed + 300));
    }

    /// <summary>Log-uniform between 1/8 and 8.</summary>
    private static float[] Scales(int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)Math.Pow(8, (2 * random.NextDouble()) - 1))];
    }

    private static double Difference(CheckpointReader a, TransformedReader b, PlannedTensor tensor)
    {
        float[] x = new float[tensor.ElementCount], y = new float[tensor.ElementCount];
        a.ReadRows(tensor, 0, tensor.Rows, x);
        b.ReadRows(tensor, 0, tensor.Rows, y);
        return x.Zip(y, (first, second) => Math.Abs(first - second)).Max();
    }

    private static float[][] Logits(string path, ModelConfig config, IWeightSource weights)
    {
        using MoEModel model = MoEModel.Create(weights, config, Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(path, "tokenizer.json"))));
        using InferenceSession session = model.CreateSession();
        List<float[]> logits = [];
        session.ProcessAll(Tokens, (_, row) => logits.Add(row.ToArray()));
        return [.. logits];
    }

    private static void AssertSameLogits(float[][] expected, float[][] found)
    {
        for (int token = 0; token < expected.Length; token++)
            for (int i = 0; i < expected[token].Length; i++)
                Assert.AreEqual(expected[token][i], found[token][i], LogitTolerance, $"Token {token}, logit {i}");
    }
}
