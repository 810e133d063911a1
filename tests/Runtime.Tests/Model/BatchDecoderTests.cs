using System.Text.Json.Nodes;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Model.Execution;

namespace MoEQuant.Runtime.Tests.Model;

[TestClass]
public sealed class BatchDecoderTests
{
    [TestMethod]
    [DataRow("MixtralForCausalLM", null)]
    [DataRow("MixtralForCausalLM", 3)]
    [DataRow("DeepseekForCausalLM", null)]
    public void Step_SeveralTexts_GivesTheLogitsOfEachAlone(string architecture, int? window)
    {
        (string, JsonNode?)[] settings = window is null ? [] : [("sliding_window", window)];
        RandomModel random = RandomModel.Create(architecture, seed: 31, settings);
        int[][] texts = [.. Enumerable.Range(0, 3).Select(i => TestModels.Tokens(9, random.Config.VocabularySize, seed: i))];
        float[][][] expected = [.. texts.Select(text => Alone(random, text))];

        using InMemoryWeightSource source = new(random.Tensors);
        using BatchDecoder decoder = new(random.Config, source, threadCount: 2, texts: 3, length: 9);
        for (int position = 0; position < 9; position++)
        {
            Assert.AreEqual(position, decoder.Position);
            int visited = 0;
            decoder.Step([.. texts.Select(text => text[position])], (text, logits) =>
            {
                Assert.AreEqual(visited++, text);
                for (int i = 0; i < logits.Length; i++)
                    Assert.AreEqual(expected[text][position][i], logits[i], 1e-4f, $"text {text}, token {position}, logit {i}");
            });
            Assert.AreEqual(3, visited);
        }
    }

    [TestMethod]
    public void Step_BeyondTheLengthOrWithOtherTokens_Throws()
    {
        RandomModel random = RandomModel.Create("OlmoeForCausalLM", seed: 32);
        using InMemoryWeightSource source = new(random.Tensors);
        using BatchDecoder decoder = new(random.Config, source, threadCount: 1, texts: 2, length: 1);
        Assert.ThrowsExactly<ArgumentException>(() => decoder.Step([1], (_, _) => { }));
        Assert.ThrowsExactly<ArgumentException>(() => decoder.Step([1, random.Config.VocabularySize], (_, _) => { }));
        decoder.Step([1, 2], (_, _) => { });
        Assert.ThrowsExactly<InvalidOperationException>(() => decoder.Step([1, 2], (_, _) => { }));
    }

    private static float[][] Alone(RandomModel random, int[] text)
    {
        using MoEModel model = TestModels.Load(random);
        using InferenceSession session = model.CreateSession();
        return [.. text.Select(token => session.Process([token]).ToArray())];
    }
}
