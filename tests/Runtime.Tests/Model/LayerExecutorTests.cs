using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Execution;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed class LayerExecutorTests
{
    [TestMethod]
    [DataRow("MixtralForCausalLM")]
    [DataRow("OlmoeForCausalLM")]
    [DataRow("DeepseekForCausalLM")]
    public void Forward_AllLayersOneByOne_GivesTheLogitsOfASession(string architecture)
    {
        RandomModel random = RandomModel.Create(architecture, seed: 21);
        int[] tokens = TestModels.Tokens(33, random.Config.VocabularySize);
        List<float[]> expected = [], actual = [];
        using (MoEModel model = TestModels.Load(random, new MoEModelOptions { ThreadCount = 1 }))
        using (InferenceSession session = model.CreateSession())
            session.ProcessAll(tokens, (_, logits) => expected.Add(logits.ToArray()));

        using InMemoryWeightSource source = new(random.Tensors);
        float[] hidden = Embed(random, source, tokens);
        for (int layer = 0; layer < random.Config.LayerCount; layer++)
        {
            using LayerExecutor executor = new(random.Config, source, layer, threadCount: 2, maxTokens: 40);
            executor.Forward(hidden, null);
        }

        // Seven tokens at a time: the last batch is a part of one.
        using HeadExecutor head = new(random.Config, source, threadCount: 2, maxTokens: 7);
        head.Forward(hidden, (token, logits) =>
        {
            Assert.HasCount(token, actual);
            actual.Add(logits.ToArray());
        });
        Assert.HasCount(tokens.Length, actual);
        for (int token = 0; token < tokens.Length; token++)
            CollectionAssert.AreEqual(expected[token], actual[token], $"token {token}");
    }

    [TestMethod]
    public void Forward_SequenceAfterAnother_StartsAnew()
    {
        RandomModel random = RandomModel.Create("MixtralForCausalLM", seed: 22);
        using InMemoryWeightSource source = new(random.Tensors);
        using LayerExecutor executor = new(random.Config, source, 1, threadCount: 1, maxTokens: 20);
        float[] first = Embed(random, source, TestModels.Tokens(20, random.Config.VocabularySize, seed: 1));
        float[] second = Embed(random, source, TestModels.Tokens(12, random.Config.VocabularySize, seed: 2)), again = [.. second];
        executor.Forward(second, null);
        executor.Forward(first, null);
        executor.Forward(again, null);
        CollectionAssert.AreEqual(second, again);
    }

    [TestMethod]
    [DataRow("MixtralForCausalLM", 0)]
    [DataRow("DeepseekForCausalLM", 0)]
    [DataRow("DeepseekForCausalLM", 1)]
    public void Forward_Observed_ShowsEveryInputOfTheLayer(string architecture, int layer)
    {
        RandomModel random = RandomModel.Create(architecture, seed: 23);
        ModelConfig config = random.Config;
        using InMemoryWeightSource source = new(random.Tensors);
        using LayerExecutor executor = new(config, source, layer, threadCount: 2, maxTokens: 9);
        float[] before = Embed(random, source, TestModels.Tokens(9, config.VocabularySize)), after = [.. before];
        Recorder recorder = new();
        executor.Forward(after, recorder);

        bool routed = config.IsMoeLayer(layer);
        List<LayerSite> sites = [LayerSite.AttentionInput, LayerSite.OutputInput, LayerSite.FeedForwardInput];
        if (!routed || config.SharedIntermediateSize > 0)
            sites.Add(routed ? LayerSite.SharedInner : LayerSite.DenseInner);
        CollectionAssert.AreEquivalent(sites, recorder.Inputs.Keys);
        foreach ((LayerSite site, List<float[]> rows) in recorder.Inputs)
        {
            Assert.HasCount(9, rows);
            int width = site switch
            {
                LayerSite.OutputInput => config.QuerySize,
                LayerSite.DenseInner => config.DenseIntermediateSize,
                LayerSite.SharedInner => config.SharedIntermediateSize,
                _ => config.HiddenSize,
            };
            Assert.IsTrue(rows.TrueForAll(row => row.Length == width), site.ToString());
        }

        Assert.HasCount(routed ? 9 : 0, recorder.Probabilities);
        foreach (float[] probabilities in recorder.Probabilities)
            Assert.AreEqual(1, probabilities.Sum(), 1e-5);

        // The output projection of what was seen is what attention added to the stream.
        float[] half = [.. before];
        executor.ForwardAttention(half, null);
        PlannedTensor output = TensorPlan.For(config).Layers[layer].Output.Weight;
        float[] weights = random.Tensors[output.Name];
        for (int row = 0; row < output.Rows; row++)
        {
            float added = 0;
            for (int column = 0; column < output.Columns; column++)
                added += weights[(row * output.Columns) + column] * recorder.Inputs[LayerSite.OutputInput][4][column];
            Assert.AreEqual(half[(4 * config.HiddenSize) + row] - before[(4 * config.HiddenSize) + row], added, 1e-5);
        }
    }

    [TestMethod]
    public void Forward_TooManyTokensOrPartOfOne_Throws()
    {
        RandomModel random = RandomModel.Create("OlmoeForCausalLM", seed: 24);
        using InMemoryWeightSource source = new(random.Tensors);
        using LayerExecutor executor = new(random.Config, source, 0, threadCount: 1, maxTokens: 3);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => executor.Forward(new float[4 * random.Config.HiddenSize], null));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => executor.Forward(new float[random.Config.HiddenSize + 1], null));
    }

    private static float[] Embed(RandomModel random, InMemoryWeightSource source, int[] tokens)
    {
        int width = random.Config.HiddenSize;
        float[] hidden = new float[tokens.Length * width];
        for (int token = 0; token < tokens.Length; token++)
            source.GetLinear(TensorPlan.For(random.Config).Embedding).ReadRow(tokens[token], hidden.AsSpan(token * width, width));
        return hidden;
    }

    private sealed class Recorder : LayerObserver
    {
        public Dictionary<LayerSite, List<float[]>> Inputs { get; } = [];

        public List<float[]> Probabilities { get; } = [];

        public override void OnInput(int layer, LayerSite site, int position, ReadOnlySpan<float> values)
        {
            if (!Inputs.TryGetValue(site, out List<float[]>? rows))
                Inputs.Add(site, rows = []);
            Assert.HasCount(position, rows);
            rows.Add(values.ToArray());
        }

        public override void OnRouterProbabilities(int layer, int position, ReadOnlySpan<float> probabilities) => Probabilities.Add(probabilities.ToArray());
    }
}
