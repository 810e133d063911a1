using MoEQuant.Quality.Planting;
using MoEQuant.Quantizer.Algorithms.EAQuant.Smoothing;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Quantizer.Tests.Algorithms.EAQuant;

[TestClass]
public sealed class OutlierPlantingTests
{
    private static readonly int[] Tokens = [.. Enumerable.Range(0, 32).Select(i => (i * 53 + 7) % 4096)];

    [TestMethod]
    public void Write_SampleModel_KeepsTheFunctionAndGivesOutliers()
    {
        using TemporaryFolder folder = new();
        OutlierPlanting.Write(RepositoryPaths.SampleCheckpoint, folder.Path, seed: 1);
        (float[] before, double ratioBefore) = Run(RepositoryPaths.SampleCheckpoint);
        (float[] after, double ratioAfter) = Run(folder.Path);
        for (int i = 0; i < before.Length; i++)
            Assert.AreEqual(before[i], after[i], 2e-3f, $"Logit {i}");
        Assert.IsGreaterThan(4 * ratioBefore, ratioAfter);
    }

    [TestMethod]
    public void Write_SameSeed_GivesTheSameBytes()
    {
        using TemporaryFolder first = new(), second = new();
        OutlierPlanting.Write(RepositoryPaths.SampleCheckpoint, first.Path, seed: 3);
        OutlierPlanting.Write(RepositoryPaths.SampleCheckpoint, second.Path, seed: 3);
        CollectionAssert.AreEqual(File.ReadAllBytes(Path.Combine(first.Path, "model.safetensors")), File.ReadAllBytes(Path.Combine(second.Path, "model.safetensors")));
    }

    /// <summary>The last token's logits, and the largest channel of the last layer's feed-forward input relative to the median one.</summary>
    private static (float[] Logits, double Ratio) Run(string path)
    {
        using MoEModel model = ModelLoader.Load(path, new MoEModelOptions { ThreadCount = 1 });
        using LayerCapture capture = new(model.Config, model.Config.LayerCount - 1, Tokens.Length, LayerSite.FeedForwardInput);
        using InferenceSession session = model.CreateSession();
        session.Observer = new OneLayer(capture, model.Config.LayerCount - 1);
        float[] logits = session.Process(Tokens).ToArray();
        float[] maxima = [.. ChannelMaxima.Of(capture[LayerSite.FeedForwardInput]).Order()];
        return (logits, maxima[^1] / maxima[maxima.Length / 2]);
    }

    private sealed class OneLayer(LayerCapture capture, int layer) : LayerObserver
    {
        public override void OnInput(int at, LayerSite site, int position, ReadOnlySpan<float> values)
        {
            if (at == layer)
                capture.OnInput(at, site, position, values);
        }
    }
}
