using System.Text.Json.Nodes;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Tests.Model;
using MoEQuant.Runtime.Tests.Weights;
using MoEQuant.TestSupport.Devices;

namespace MoEQuant.Runtime.Tests.Devices;

/// <summary>The decoder on a device against the one on this machine's processor.</summary>
[TestClass]
public sealed class DeviceDecoderTests
{
    [TestMethod]
    [DynamicData(nameof(DecoderModelTests.Cases), typeof(DecoderModelTests))]
    public void Process_EveryFamilyAndFeature_MatchesTheOracle(string name, string architecture, (string, JsonNode?)[] settings)
    {
        RandomModel random = RandomModel.Create(architecture, seed: 11, settings);
        int[] tokens = TestModels.Tokens(23, random.Config.VocabularySize);
        double[][] expected = new ReferenceTransformer(random).Logits(tokens);

        using HostDevice device = new();
        using MoEModel model = TestModels.Load(random, new MoEModelOptions { PrefillBatch = 9, Device = device });
        using InferenceSession session = model.CreateSession();
        int visited = 0;
        session.ProcessAll(tokens, (position, logits) =>
        {
            Assert.AreEqual(visited++, position);
            for (int i = 0; i < logits.Length; i++)
                Assert.AreEqual(expected[position][i], logits[i], 2e-4, $"{name}: token {position}, logit {i}");
        });
        Assert.AreEqual(tokens.Length, visited);
    }

    [TestMethod]
    [DataRow("MixtralForCausalLM", 3, 64, 4, 8, false)]
    [DataRow("OlmoeForCausalLM", 4, 32, 0, 0, true)]
    [DataRow("DeepseekForCausalLM", 3, 128, 3, 3, true)]
    public void Generate_PackedModel_WritesTheTokensOfTheProcessor(string architecture, int bits, int groupSize, int rank, int compensatorBits, bool symmetric)
    {
        using TemporaryFolder folder = new();
        PackedTestModel.Write(folder.File("m.moeq"), RandomModel.Create(architecture, seed: 4), bits, groupSize, rank, compensatorBits, symmetric);
        using HostDevice device = new();
        using MoEModel expected = MoEModel.Load(folder.File("m.moeq"), new MoEModelOptions { ActivationPrecision = ActivationPrecision.Exact }), actual = MoEModel.Load(folder.File("m.moeq"), new MoEModelOptions { Device = device, PrefillBatch = 4 });

        CollectionAssert.AreEqual(Greedy(expected), Greedy(actual));
    }

    [TestMethod]
    public void Process_PromptAndTokens_ReadNothingBackButTheLastLogits()
    {
        RandomModel random = RandomModel.Create("DeepseekForCausalLM", seed: 21);
        using HostDevice device = new();
        using MoEModel model = TestModels.Load(random, new MoEModelOptions { PrefillBatch = 4, Device = device });
        using InferenceSession session = model.CreateSession();

        session.Process(TestModels.Tokens(11, random.Config.VocabularySize));
        Assert.AreEqual(random.Config.VocabularySize, device.ReadNumbers);
        session.Process([5]);
        Assert.AreEqual(2 * random.Config.VocabularySize, device.ReadNumbers);
    }

    [TestMethod]
    public void Rewind_ThenProcess_ContinuesFromThere()
    {
        RandomModel random = RandomModel.Create("OlmoeForCausalLM", seed: 21);
        using HostDevice device = new();
        using MoEModel model = TestModels.Load(random, new MoEModelOptions { Device = device });
        using InferenceSession session = model.CreateSession();
        int[] tokens = TestModels.Tokens(12, random.Config.VocabularySize);
        session.Process(tokens.AsSpan(0, 8));
        float[] expected = session.Process(tokens.AsSpan(8)).ToArray();

        session.Rewind(5);
        CollectionAssert.AreNotEqual(expected, session.Process([1, 2, 3]).ToArray());
        session.Rewind(0);
        session.Process(tokens.AsSpan(0, 8));
        CollectionAssert.AreEqual(expected, session.Process(tokens.AsSpan(8)).ToArray());
    }

    [TestMethod]
    public async Task Process_SessionsOfTwoModelsOnOneDevice_DoNotDisturbEachOther()
    {
        RandomModel random = RandomModel.Create("DeepseekForCausalLM", seed: 21);
        using HostDevice device = new();
        using MoEModel first = TestModels.Load(random, new MoEModelOptions { Device = device }), second = TestModels.Load(RandomModel.Create("MixtralForCausalLM", seed: 2), new MoEModelOptions { Device = device });
        float[][] expected = [.. Enumerable.Range(0, 4).Select(Run)];
        float[][] actual = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Run(seed))));
        for (int seed = 0; seed < 4; seed++)
            CollectionAssert.AreEqual(expected[seed], actual[seed], $"text {seed}");

        float[] Run(int seed)
        {
            using InferenceSession session = (seed % 2 == 0 ? first : second).CreateSession();
            float[] last = [];
            foreach (int token in TestModels.Tokens(12, random.Config.VocabularySize, seed))
                last = session.Process([token]).ToArray();
            return last;
        }
    }

    private static int[] Greedy(MoEModel model)
    {
        using InferenceSession session = model.CreateSession();
        List<int> tokens = [];
        ReadOnlySpan<float> logits = session.Process([3, 1, 4, 1, 5, 9, 2, 6]);
        for (int i = 0; i < 32; i++)
        {
            tokens.Add(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits));
            logits = session.Process([tokens[^1]]);
        }

        return [.. tokens];
    }
}
