using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Tests.Model;

namespace MoEQuant.Runtime.Tests.Generation;

[TestClass]
public sealed class InferenceSessionTests
{
    private static readonly RandomModel Random = RandomModel.Create("DeepseekForCausalLM", seed: 21);

    [TestMethod]
    public void Process_SteadyState_AllocatesNothing()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ThreadCount = 1 });
        using InferenceSession session = model.CreateSession();
        Assert.AreEqual(0, Allocated(session, GC.GetAllocatedBytesForCurrentThread));
    }

    [TestMethod]
    public void Process_SteadyStateOnSeveralThreads_AllocatesNothing()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ThreadCount = 2 });
        using InferenceSession session = model.CreateSession();

        // The whole process is measured, the test runner's own threads included, so the quietest of a few rounds counts: a byte per token would be in all of them.
        long least = long.MaxValue;
        for (int round = 0; round < 10 && least >= 100; round++)
            least = Math.Min(least, Allocated(session, () => GC.GetTotalAllocatedBytes(precise: true)));
        Assert.IsLessThan(100, least);
    }

    [TestMethod]
    public void Rewind_ThenProcess_ContinuesFromThere()
    {
        using MoEModel model = TestModels.Load(Random);
        using InferenceSession session = model.CreateSession();
        int[] tokens = TestModels.Tokens(12, Random.Config.VocabularySize);
        session.Process(tokens.AsSpan(0, 8));
        float[] expected = session.Process(tokens.AsSpan(8)).ToArray();
        session.Rewind(5);
        Assert.AreEqual(5, session.Position);
        session.Process([1, 2, 3]);
        session.Rewind(8 - 3);
        CollectionAssert.AreNotEqual(expected, session.Process([1]).ToArray());
        session.Rewind(0);
        session.Process(tokens.AsSpan(0, 8));
        CollectionAssert.AreEqual(expected, session.Process(tokens.AsSpan(8)).ToArray());
    }

    [TestMethod]
    public void Process_MoreThanTheContext_ThrowsAndAppendsNothing()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ContextLength = 10 });
        using InferenceSession session = model.CreateSession();
        session.Process([1, 2, 3]);
        var error = Assert.ThrowsExactly<MoEQuantException>(() => session.Process(new int[8]));
        Assert.AreEqual("MOEQ5035", error.Code);
        Assert.AreEqual(3, session.Position);
        session.Process(new int[7]);
        Assert.AreEqual(10, session.Position);
    }

    [TestMethod]
    [DataRow(-1)]
    [DataRow(61)]
    [DataRow(int.MaxValue)]
    public void Process_TokenOutsideTheVocabulary_ThrowsItsCode(int token)
    {
        using MoEModel model = TestModels.Load(Random);
        using InferenceSession session = model.CreateSession();
        Assert.AreEqual("MOEQ5037", Assert.ThrowsExactly<MoEQuantException>(() => session.Process([0, token])).Code);
        Assert.AreEqual(0, session.Position);
    }

    [TestMethod]
    public void Process_NoTokens_ThrowsItsCode()
    {
        using MoEModel model = TestModels.Load(Random);
        using InferenceSession session = model.CreateSession();
        Assert.AreEqual("MOEQ5036", Assert.ThrowsExactly<MoEQuantException>(() => session.Process([])).Code);
    }

    [TestMethod]
    public void Process_AfterDisposeOfSessionOrModel_ThrowsObjectDisposed()
    {
        MoEModel model = TestModels.Load(Random);
        InferenceSession first = model.CreateSession(), second = model.CreateSession();
        first.Dispose();
        first.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => first.Process([1]));
        model.Dispose();
        model.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => second.Process([1]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => model.CreateSession());
        second.Dispose();
    }

    [TestMethod]
    public async Task Process_SessionsOnSeveralThreads_DoNotDisturbEachOther()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ThreadCount = 2 });
        float[][] expected = [.. Enumerable.Range(0, 4).Select(Run)];
        float[][] actual = await Task.WhenAll(Enumerable.Range(0, 4).Select(seed => Task.Run(() => Run(seed))));
        for (int seed = 0; seed < 4; seed++)
            CollectionAssert.AreEqual(expected[seed], actual[seed], $"text {seed}");

        float[] Run(int seed)
        {
            using InferenceSession session = model.CreateSession();
            float[] last = [];
            foreach (int token in TestModels.Tokens(30, Random.Config.VocabularySize, seed))
                last = session.Process([token]).ToArray();
            return last;
        }
    }

    [TestMethod]
    public async Task Dispose_WhileStepsRun_EndsThemWithObjectDisposed()
    {
        for (int round = 0; round < 10; round++)
        {
            MoEModel model = TestModels.Load(Random, new MoEModelOptions { ThreadCount = 2 });
            using InferenceSession session = model.CreateSession();
            Task steps = Task.Run(() =>
            {
                while (true)
                {
                    session.Process([1]);
                    session.Rewind(0);
                }
            });
            await Task.Delay(5);
            model.Dispose();
            await Assert.ThrowsExactlyAsync<ObjectDisposedException>(() => steps);
        }
    }

    [TestMethod]
    public void Process_Cancelled_ThrowsBetweenBatches()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { PrefillBatch = 4 });
        using InferenceSession session = model.CreateSession();
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsExactly<OperationCanceledException>(() => session.Process([1, 2], cancelled.Token));
    }

    [TestMethod]
    public void Create_OptionOutOfRange_ThrowsItsCodeAndDisposesTheWeights()
    {
        MoEModelOptions[] bad = [new() { ContextLength = -1 }, new() { ContextLength = 601 }, new() { ThreadCount = -2 }, new() { PrefillBatch = 0 }];
        foreach (MoEModelOptions options in bad)
        {
            var weights = new InMemoryWeightSource(Random.Tensors);
            var error = Assert.ThrowsExactly<MoEQuantException>(() => MoEModel.Create(weights, Random.Config, TestModels.ByteTokenizer(), null, options));
            Assert.AreEqual("MOEQ5038", error.Code);
            Assert.IsTrue(weights.IsDisposed);
        }
    }

    // What 100 tokens allocate after 20 that warm up.
    private static long Allocated(InferenceSession session, Func<long> counter)
    {
        int[] token = [7];
        session.Rewind(0);
        for (int i = 0; i < 20; i++)
            session.Process(token);
        long before = counter();
        for (int i = 0; i < 100; i++)
            session.Process(token);
        return counter() - before;
    }
}
