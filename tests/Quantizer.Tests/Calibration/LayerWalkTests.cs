using System.Numerics.Tensors;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Calibration;

/// <summary>Walking a model layer by layer is the same computation as inference.</summary>
[TestClass]
public sealed class LayerWalkTests
{
    private static readonly TokenSequences Sequences = new([[100, 7, 2055, 31, 400, 12, 90], [5, 6], [3000, 2999, 17, 18, 19]]);

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Advance_AllLayers_GivesTheLogitsOfInference(string name)
    {
        string path = name == "tiny-olmoe" ? RepositoryPaths.SampleCheckpoint : SharedModels.Require(name);
        using CheckpointFolder folder = CheckpointFolder.Open(path);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        HiddenStates states = HiddenStates.Embed(Sequences, config, folder);
        for (int layer = 0; layer < config.LayerCount; layer++)
        {
            using LayerExecutor executor = new(config, folder, layer, 2, Sequences.LongestLength);
            states.Advance(executor, LayerPart.Whole, null, CancellationToken.None);
        }

        using MoEModel model = ModelLoader.Load(path, new() { ThreadCount = 1 });
        using InferenceSession session = model.CreateSession();
        using HeadExecutor head = new(config, folder, 2, Sequences.LongestLength);
        for (int sequence = 0; sequence < Sequences.Count; sequence++)
        {
            List<float[]> expected = [];
            session.Rewind(0);
            session.ProcessAll(Sequences[sequence], (_, logits) => expected.Add(logits.ToArray()));
            head.Forward(states.Sequence(sequence), (token, logits) => CollectionAssert.AreEqual(expected[token], logits.ToArray(), $"sequence {sequence}, token {token}"));
        }
    }

    [TestMethod]
    public void Observe_Layer_KeepsInputsAndRoutingOfEveryTokenAndLeavesTheStream()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig());
        HiddenStates states = HiddenStates.Embed(Sequences, config, folder), before = states.Clone();
        using LayerExecutor executor = new(config, folder, 0, 1, Sequences.LongestLength);
        using LayerCapture capture = new(config, 0, Sequences.TokenCount);
        states.Observe(executor, LayerPart.Whole, capture, CancellationToken.None);

        CapturedRouting routing = capture.Routing!;
        float[] router = new float[config.ExpertCount * config.HiddenSize];
        PlannedTensor planned = TensorPlan.For(config).Layers[0].Router!;
        folder.ReadRows(planned, 0, planned.Rows, router);
        for (int token = 0; token < Sequences.TokenCount; token++)
        {
            CollectionAssert.AreEqual(before.Row(token).ToArray(), states.Row(token).ToArray());
            float[] logits = [.. Enumerable.Range(0, config.ExpertCount).Select(e =>
                TensorPrimitives.Dot(router.AsSpan(e * config.HiddenSize, config.HiddenSize), capture[LayerSite.FeedForwardInput].Row(token)))];
            float[] probabilities = new float[logits.Length];
            TensorPrimitives.SoftMax(logits, probabilities);
            for (int expert = 0; expert < config.ExpertCount; expert++)
                Assert.AreEqual(probabilities[expert], routing.Probabilities[token, expert], 1e-5);
            Assert.AreEqual(TensorPrimitives.IndexOfMax<float>(probabilities), routing.Experts(token)[0]);
            Assert.AreEqual(routing.Probabilities[token, routing.Experts(token)[3]], routing.Weights(token)[3], $"token {token}");
        }

        (int[] tokens, float[] weights) = routing.TokensOf(routing.Experts(8)[1]);
        Assert.AreEqual(routing.Weights(8)[1], weights[Array.IndexOf(tokens, 8)]);
        Assert.AreEqual(Sequences.TokenCount * config.ExpertsPerToken, Enumerable.Range(0, config.ExpertCount).Sum(e => routing.TokensOf(e).Tokens.Length));
    }
}
