using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Generation;
using MoEQuant.Runtime.Tests.Model;

namespace MoEQuant.Runtime.Tests.Generation;

[TestClass]
public sealed class TextGeneratorTests
{
    private static readonly RandomModel Random = RandomModel.Create("OlmoeForCausalLM", seed: 2, ("vocab_size", 256));

    [TestMethod]
    public async Task GenerateAsync_Greedy_StreamsWhatTheSessionChooses()
    {
        using MoEModel model = TestModels.Load(Random);
        List<GeneratedToken> tokens = await Collect(model.GenerateAsync("Hello", new GenerationOptions { MaxTokens = 20 }));
        Assert.HasCount(20, tokens);
        Assert.AreEqual(FinishReason.MaxTokens, tokens[^1].FinishReason);
        Assert.IsTrue(tokens.Take(19).All(token => token.FinishReason == FinishReason.None));

        using InferenceSession session = model.CreateSession();
        ReadOnlySpan<float> logits = session.Process(model.Tokenizer.Encode("Hello"));
        foreach (GeneratedToken token in tokens)
        {
            Assert.AreEqual(System.Numerics.Tensors.TensorPrimitives.IndexOfMax(logits), token.Id);
            logits = session.Process([token.Id]);
        }

        Assert.AreEqual(model.Tokenizer.Decode([.. tokens.Select(token => token.Id)]), string.Concat(tokens.Select(token => token.Text)));
    }

    [TestMethod]
    public async Task GenerateAsync_StopToken_EndsTheTextWithoutShowingIt()
    {
        using MoEModel free = TestModels.Load(Random);
        List<GeneratedToken> all = await Collect(free.GenerateAsync("abc", new GenerationOptions { MaxTokens = 30 }));
        int stop = all[10].Id;
        int first = all.FindIndex(token => token.Id == stop);

        using MoEModel model = TestModels.Load(Random, defaults: new GenerationDefaults([stop]));
        List<GeneratedToken> tokens = await Collect(model.GenerateAsync("abc", new GenerationOptions { MaxTokens = 30 }));
        Assert.HasCount(first + 1, tokens);
        Assert.AreEqual(FinishReason.EndOfText, tokens[^1].FinishReason);
        Assert.AreEqual(free.Tokenizer.Decode([.. all.Take(first).Select(token => token.Id)]), string.Concat(tokens.Select(token => token.Text)));
    }

    [TestMethod]
    public async Task GenerateAsync_ContextFull_EndsWithThatReason()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ContextLength = 8 });
        List<GeneratedToken> tokens = await Collect(model.GenerateAsync("abcde", new GenerationOptions { MaxTokens = 100 }));
        Assert.AreEqual(FinishReason.ContextFull, tokens[^1].FinishReason);
        Assert.HasCount(4, tokens, "three more positions, and the token that the last of them predicts");
    }

    [TestMethod]
    public async Task GenerateAsync_SameSeed_GivesTheSameText()
    {
        using MoEModel model = TestModels.Load(Random);
        var options = new GenerationOptions { MaxTokens = 40, Temperature = 1, TopP = 0.9f, Seed = 5 };
        List<GeneratedToken> first = await Collect(model.GenerateAsync("x", options)), second = await Collect(model.GenerateAsync("x", options));
        CollectionAssert.AreEqual(first, second);
        CollectionAssert.AreNotEqual(first, await Collect(model.GenerateAsync("x", options with { Seed = 6 })));
    }

    [TestMethod]
    public async Task GenerateAsync_Cancelled_StopsBeforeTheNextToken()
    {
        using MoEModel model = TestModels.Load(Random);
        using var cancellation = new CancellationTokenSource();
        int received = 0;
        await Assert.ThrowsAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken _ in model.GenerateAsync("x", new GenerationOptions { MaxTokens = 500 }, cancellation.Token))
            {
                if (++received == 3)
                    await cancellation.CancelAsync();
            }
        });
        Assert.AreEqual(3, received);
    }

    [TestMethod]
    public async Task GenerateAsync_EmptyPrompt_ThrowsItsCode()
    {
        using MoEModel model = TestModels.Load(Random);
        var error = await Assert.ThrowsExactlyAsync<MoEQuantException>(() => Collect(model.GenerateAsync("")));
        Assert.AreEqual("MOEQ5036", error.Code);
    }

    [TestMethod]
    public async Task GenerateAsync_PromptBeyondTheContext_ThrowsItsCode()
    {
        using MoEModel model = TestModels.Load(Random, new MoEModelOptions { ContextLength = 4 });
        var error = await Assert.ThrowsExactlyAsync<MoEQuantException>(() => Collect(model.GenerateAsync("abcde")));
        Assert.AreEqual("MOEQ5035", error.Code);
    }

    [TestMethod]
    public void Parse_GenerationConfig_ReadsOneOrManyEndTokens()
    {
        CollectionAssert.AreEqual((int[])[3, 9], GenerationDefaults.Parse("{}"u8, "{\"eos_token_id\":[3,9]}"u8).EndOfTextTokens.ToArray());
        CollectionAssert.AreEqual((int[])[2], GenerationDefaults.Parse("{\"eos_token_id\":2}"u8, default).EndOfTextTokens.ToArray());
        CollectionAssert.AreEqual((int[])[2], GenerationDefaults.Parse("{\"eos_token_id\":2}"u8, "{\"eos_token_id\":null}"u8).EndOfTextTokens.ToArray());
        Assert.AreEqual("MOEQ1061", Assert.ThrowsExactly<MoEQuantException>(() => GenerationDefaults.Parse("{}"u8, "{\"eos_token_id\":\"x\"}"u8)).Code);
        Assert.AreEqual("MOEQ1061", Assert.ThrowsExactly<MoEQuantException>(() => GenerationDefaults.Parse("{}"u8, "nonsense"u8)).Code);
    }

    private static async Task<List<GeneratedToken>> Collect(IAsyncEnumerable<GeneratedToken> tokens)
    {
        var result = new List<GeneratedToken>();
        await foreach (GeneratedToken token in tokens)
            result.Add(token);
        return result;
    }
}
