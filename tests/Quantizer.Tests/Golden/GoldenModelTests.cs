using System.Numerics.Tensors;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Quantizer.Tests.Golden;

/// <summary>The unquantized checkpoints against an independent reference: token ids, logits, routing, greedy text, likelihood.</summary>
[TestClass]
public sealed class GoldenModelTests
{
    // Absolute, on logits of order 10.
    private const float LogitTolerance = 2e-3f;

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Checkpoint_EveryGoldenCase_IsReproduced(string name)
    {
        (string checkpoint, GoldenFile golden) = Find(name);
        using MoEModel model = Open(checkpoint);
        foreach (GoldenCase expected in golden.Cases)
        {
            CollectionAssert.AreEqual(expected.Ids, model.Tokenizer.Encode(expected.Prompt), expected.Prompt);
            using InferenceSession session = model.CreateSession();
            var routing = new RoutingRecorder(expected.Ids.Length - 1);
            session.Observer = routing;
            float[] logits = CheckLikelihood(session, expected);
            session.Observer = null;

            float difference = 0;
            for (int i = 0; i < logits.Length; i++)
                difference = Math.Max(difference, Math.Abs(logits[i] - expected.LastLogits[i]));
            Assert.IsLessThan(LogitTolerance, difference, $"{name}: {expected.Prompt}");
            foreach ((int layer, int[] experts) in expected.RouterLastToken)
                CollectionAssert.AreEqual(experts, routing.Experts[layer], $"{name}: experts of layer {layer}, {expected.Prompt}");

            foreach (int token in expected.GreedyContinuation)
            {
                Assert.AreEqual(token, TensorPrimitives.IndexOfMax<float>(logits), $"{name}: token at {session.Position}, {expected.Prompt}");
                logits = session.Process([token]).ToArray();
            }
        }
    }

    // Feeds the prompt, compares the mean negative log likelihood of its tokens after the first, and returns the last position's logits.
    private static float[] CheckLikelihood(InferenceSession session, GoldenCase expected)
    {
        double sum = 0;
        float[] last = [];
        session.ProcessAll(expected.Ids, (position, logits) =>
        {
            if (position + 1 < expected.Ids.Length)
                sum += TensorPrimitives.Max(logits) + Math.Log(SumExp(logits)) - logits[expected.Ids[position + 1]];
            else
                last = logits.ToArray();
        });
        Assert.AreEqual(expected.MeanNegativeLogLikelihood, sum / (expected.Ids.Length - 1), 1e-4, expected.Prompt);
        return last;
    }

    private static double SumExp(ReadOnlySpan<float> logits)
    {
        double max = TensorPrimitives.Max(logits), sum = 0;
        foreach (float logit in logits)
            sum += Math.Exp(logit - max);
        return sum;
    }

    private static MoEModel Open(string path)
    {
        CheckpointFolder folder = CheckpointFolder.Open(path);
        ModelConfig config = ModelConfig.Parse(folder.ReadConfig(), path);
        return MoEModel.Create(folder, config, Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(path, "tokenizer.json"))));
    }

    private static (string Checkpoint, GoldenFile Golden) Find(string name)
    {
        // One model and its golden outputs are part of the repository; the others are an extra.
        if (name == "tiny-olmoe")
            return (RepositoryPaths.SampleCheckpoint, GoldenFile.Read(Path.Combine(RepositoryPaths.Root, "tests", "golden", name)));
        string folder = SharedModels.Require(name);
        return (folder, GoldenFile.Read(folder));
    }
}
