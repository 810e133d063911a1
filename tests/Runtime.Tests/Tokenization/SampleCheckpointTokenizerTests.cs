using System.Text.Json;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class SampleCheckpointTokenizerTests
{
    private static readonly Tokenizer Subject =
        Tokenizer.FromJson(File.ReadAllBytes(Path.Combine(RepositoryPaths.SampleCheckpoint, "tokenizer.json")));

    [TestMethod]
    public void Encode_PromptsOfTheGoldenFile_GivesTheIdsTheModelWasCheckedWith()
    {
        using JsonDocument golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(RepositoryPaths.Root, "tests", "golden", "tiny-olmoe", "golden.json")));
        int checkedPrompts = 0;
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int[] expected = [.. item.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            CollectionAssert.AreEqual(expected, Subject.Encode(item.GetProperty("prompt").GetString()!));
            Assert.AreEqual(item.GetProperty("prompt").GetString(), Subject.Decode(expected));
            checkedPrompts++;
        }
        Assert.IsGreaterThan(0, checkedPrompts);
    }

    [TestMethod]
    public void VocabularySize_OfTheSampleCheckpoint_Is4096() => Assert.AreEqual(4096, Subject.VocabularySize);

    [TestMethod]
    public void TokenToId_KnownAndUnknownTokens_AnswersLikeTheFile()
    {
        Assert.AreEqual(0, Subject.TokenToId("<|endoftext|>"));
        Assert.AreEqual(34, Subject.TokenToId("Ġ"));
        Assert.IsNull(Subject.TokenToId("no such token"));
        Assert.AreEqual("Ġ", Subject.IdToToken(34));
        Assert.IsNull(Subject.IdToToken(4096));
        Assert.IsNull(Subject.IdToToken(-1));
        Assert.IsTrue(Subject.IsSpecial(0));
        Assert.IsFalse(Subject.IsSpecial(34));
        Assert.IsFalse(Subject.IsSpecial(-1));
    }
}
