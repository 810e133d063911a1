using System.Text.Json.Nodes;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class TokenizerRoundTripTests
{
    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("cl100k")]
    [DataRow("deepseek-v3")]
    [DataRow("mixtral")]
    public void Decode_OfEncodedRandomUnicode_GivesTheTextBack(string name)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        var random = new Random(3);
        for (int i = 0; i < 400; i++)
        {
            string text = RandomText.Next(random, random.Next(0, 60));
            // SentencePiece cannot tell its own metaspace from a space.
            if (text.Contains('▁'))
                continue;
            Assert.AreEqual(text, subject.Decode(subject.Encode(text)), GoldenFiles.Show(text));
        }
    }

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("mixtral")]
    [DataRow("deepseek")]
    public void Encode_LoneSurrogates_CountAsReplacementCharacters(string name)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        foreach (string format in new[] { "{0}", "a{0}b", "{0}{0}", " {0}\U0001F600{0}" })
        {
            int[] expected = subject.Encode(string.Format(null, format, '\uFFFD'));
            CollectionAssert.AreEqual(expected, subject.Encode(string.Format(null, format, '\uD83D')));
            CollectionAssert.AreEqual(expected, subject.Encode(string.Format(null, format, '\uDE00')));
        }
        CollectionAssert.AreEqual(subject.Encode("\uFFFD\U0001F600\uFFFD"), subject.Encode("\uDE00\uD83D\uDE00\uD83D"));
    }

    [TestMethod]
    public void Encode_SameTextAgain_GivesTheSameIdsFromTheCache()
    {
        Tokenizer subject = GoldenFiles.Load("tiny-olmoe");
        int[] first = subject.Encode("some words and some words");
        CollectionAssert.AreEqual(first, subject.Encode("some words and some words"));
    }

    [TestMethod]
    public void Decode_IdsWithoutToken_LeavesThemOut()
    {
        Tokenizer subject = GoldenFiles.Load("tiny-olmoe");
        int a = subject.TokenToId("a")!.Value;
        Assert.AreEqual("aa", subject.Decode([a, -1, 4096, int.MaxValue, int.MinValue, a]));
    }

    [TestMethod]
    public void Encode_FileWithTruncationAndPadding_IgnoresBoth()
    {
        JsonObject json = TokenizerJson.Letters();
        json["truncation"] = JsonNode.Parse("{\"direction\":\"Right\",\"max_length\":1,\"strategy\":\"LongestFirst\",\"stride\":0}");
        json["padding"] = JsonNode.Parse("{\"strategy\":{\"Fixed\":9},\"direction\":\"Right\",\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"a\"}");
        CollectionAssert.AreEqual(new[] { 4, 1, 0 }, TokenizerJson.Load(json).Encode("abcba"));
    }

    [TestMethod]
    public void FromJson_MergesBeforeVocabularyAndSettings_LoadsTheSame()
    {
        JsonObject json = JsonNode.Parse(GoldenFiles.TokenizerJson("words-with-suffix"))!.AsObject();
        JsonObject model = json["model"]!.AsObject();
        var turned = new JsonObject(model.Reverse().Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
        json["model"] = turned;
        Assert.AreEqual("merges", turned.First().Key);
        const string Text = "the words of old times";
        CollectionAssert.AreEqual(GoldenFiles.Load("words-with-suffix").Encode(Text), TokenizerJson.Load(json).Encode(Text));
    }

    [TestMethod]
    public void FromJson_ModelWithoutType_IsTakenAsBpe()
    {
        JsonObject json = TokenizerJson.Letters();
        json["model"]!.AsObject().Remove("type");
        CollectionAssert.AreEqual(new[] { 4 }, TokenizerJson.Load(json).Encode("abc"));
    }

    [TestMethod]
    [DataRow(true, new[] { 5 })]
    [DataRow(false, new[] { 2, 3 })]
    public void Encode_WholePieceThatMergesCannotReach_IsATokenWhereMergesAreIgnored(bool ignoreMerges, int[] expected)
    {
        JsonObject json = TokenizerJson.Letters();
        json["model"]!["vocab"]!["cab"] = 5;
        json["model"]!["ignore_merges"] = ignoreMerges;
        CollectionAssert.AreEqual(expected, TokenizerJson.Load(json).Encode("cab"));
    }

    [TestMethod]
    public void Encode_WholeBytePieceThatMergesCannotReach_IsATokenWhereMergesAreIgnored()
    {
        Tokenizer subject = TokenizerJson.Load("qwen", json =>
        {
            json["model"]!["vocab"]!["ĠxqÃ©"] = 3001;
            json["model"]!["ignore_merges"] = true;
        });
        CollectionAssert.AreEqual(new[] { 3001, 3001 }, subject.Encode(" xq\u00e9 xqe\u0301"));
        Assert.AreEqual(" xq\u00e9", subject.Decode([3001]));
    }

    // The reference compares the normalized text with the special tokens' and so keeps such a token; it is special by id here.
    [TestMethod]
    public void Decode_SpecialTokenThatTheNormalizerChanges_IsSkipped()
    {
        JsonObject json = TokenizerJson.Letters();
        json["normalizer"] = JsonNode.Parse("{\"type\":\"Lowercase\"}");
        JsonObject token = TokenizerJson.AddedToken(9, "<END>");
        token["normalized"] = true;
        json["added_tokens"] = new JsonArray(token);
        Tokenizer subject = TokenizerJson.Load(json);
        CollectionAssert.AreEqual(new[] { 3, 9 }, subject.Encode("AB<End>"));
        Assert.AreEqual("ab", subject.Decode([3, 9], skipSpecialTokens: true));
        Assert.AreEqual("ab<end>", subject.Decode([3, 9], skipSpecialTokens: false));
    }

    [TestMethod]
    public void Encode_Null_Throws() => Assert.ThrowsExactly<ArgumentNullException>(() => GoldenFiles.Load("mixtral").Encode(null!));
}
