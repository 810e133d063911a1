using MoEQuant.Kernels;
using MoEQuant.Quantizer.Algorithms;
using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Algorithms.EAQuant.Transforms;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Numerics;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Tests.Numerics;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class LayerSmootherTests
{
    private const int Outlier = 9;

    private static readonly TrialFormat Format = new(new GroupScheme(3, 64), new ActivationScheme(4, 0, 0.9f));

    private static readonly SmoothingTrial Trial = new(Format, ManagedBackend.Instance);

    [TestMethod]
    public void Choose_OutlierChannel_TakesTheScalesThatUndoIt()
    {
        using FloatMatrix weights = RandomMatrix.Normal(40, 64, 1, 0.1), inputs = Inputs(40);
        for (int row = 0; row < weights.Rows; row++)
            weights[row, Outlier] /= 40;
        float[] full = SmoothingScales.Merge([new(ChannelMaxima.Of(inputs), ChannelMaxima.Of(weights), inputs.Rows)]);
        float[] chosen = Trial.Choose(full, [new(() => Copy(weights), inputs, 1)]);
        float[] none = SmoothingScales.Weaken(full, 0);
        Assert.IsLessThan(Trial.Error(weights, inputs, none) / 5, Trial.Error(weights, inputs, chosen));
    }

    [TestMethod]
    public void Choose_ScalesThatHurt_LeavesTheChannelsAlone()
    {
        using FloatMatrix weights = RandomMatrix.Normal(40, 64, 1, 0.1), inputs = Inputs(1);
        float[] harmful = [.. Enumerable.Range(0, 64).Select(i => i % 2 == 0 ? 8f : 0.125f)];
        CollectionAssert.AreEqual(Enumerable.Repeat(1f, 64).ToArray(), Trial.Choose(harmful, [new(() => Copy(weights), inputs, 1)]));
    }

    [TestMethod]
    public void Round_FourBits_HasAtMostSixteenValuesPerToken()
    {
        using FloatMatrix tokens = RandomMatrix.Normal(3, 200, 4);
        float[] before = [.. tokens.Row(1)];
        ActivationRounding.Round(tokens, new ActivationScheme(4, 0));
        for (int token = 0; token < 3; token++)
            Assert.IsLessThanOrEqualTo(16, tokens.Row(token).ToArray().Distinct().Count());
        double range = before.Max() - before.Min();
        for (int channel = 0; channel < 200; channel++)
            Assert.AreEqual(before[channel], tokens[1, channel], range / 15 * 1.01);
    }

    [TestMethod]
    public void SmoothFeedForward_ExpertsWithoutTokens_GivesFiniteScalesForTheSampleModel()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        LayerPlan plan = TensorPlan.For(config).Layers[1];
        CheckpointReader reader = new(folder);
        using FloatMatrix inputs = RandomMatrix.Normal(30, config.HiddenSize, 5);
        for (int token = 0; token < inputs.Rows; token++)
            inputs[token, Outlier] *= 40;
        LayerSmoother smoother = new(config, plan, tensor => WeightLoader.LoadRows(reader, tensor, 0, tensor.Rows), new SmoothingOptions(Format), ManagedBackend.Instance);
        LayerTransform transform = smoother.SmoothFeedForward(inputs, expert => expert == 0 ? [1, 2, 3] : [], expert => expert == 0 ? 0.1 : 0);

        float[] norm = [.. Enumerable.Repeat(1f, config.HiddenSize)];
        transform.ApplyTo(plan.PostAttentionNorm, norm);
        Assert.IsTrue(norm.All(value => float.IsFinite(value) && value > 0));
        Assert.IsLessThan(0.5f * norm.Order().ElementAt(norm.Length / 2), norm[Outlier], "The outlier is not smoothed.");
        foreach (GatedMlpPlan expert in plan.Experts)
            Assert.IsNotNull(transform[expert.Gate]?.Input, "An expert does not follow the norm.");
    }

    private static FloatMatrix Copy(FloatMatrix source)
    {
        FloatMatrix copy = new(source.Rows, source.Columns);
        copy.CopyFrom(source);
        return copy;
    }

    private static FloatMatrix Inputs(float outlier)
    {
        FloatMatrix inputs = RandomMatrix.Normal(48, 64, 2);
        for (int token = 0; token < inputs.Rows; token++)
            inputs[token, Outlier] *= outlier;
        return inputs;
    }
}
