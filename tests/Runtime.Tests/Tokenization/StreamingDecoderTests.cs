using System.Text;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class StreamingDecoderTests
{
    public static IEnumerable<object[]> Names => GoldenFiles.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Append_ArbitraryIds_GivesTogetherWhatDecodeGives(string name)
    {
        Tokenizer tokenizer = GoldenFiles.Load(name);
        var random = new Random(11);
        for (int i = 0; i < 300; i++)
        {
            bool skip = random.Next(2) == 0;
            // Half of the sequences are of the first ids, which are mostly single bytes, so that invalid UTF-8 is common; some ids have no token.
            int limit = random.Next(2) == 0 ? Math.Min(300, tokenizer.VocabularySize) : tokenizer.VocabularySize + 3;
            int[] ids = [.. Enumerable.Range(0, random.Next(0, 30)).Select(_ => random.Next(limit))];
            StreamingDecoder subject = tokenizer.CreateStreamingDecoder(skip);
            string[] chunks = [.. ids.Select(subject.Append), subject.Flush()];
            Assert.AreEqual(tokenizer.Decode(ids, skip), string.Concat(chunks), $"ids {string.Join(',', ids)}, skip {skip}");
            foreach (string chunk in chunks)
                Assert.IsTrue(IsWellFormed(chunk), $"half a character in {GoldenFiles.Show(string.Join('|', chunks))}");
        }
    }

    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("mixtral")]
    public void Append_EmojiInPieces_ComesWholeAndNotBefore(string name)
    {
        Tokenizer tokenizer = GoldenFiles.Load(name);
        int[] ids = tokenizer.Encode("x\U0001F680y", addSpecialTokens: false);
        Assert.IsGreaterThan(4, ids.Length, "the test needs an emoji of several tokens");
        StreamingDecoder subject = tokenizer.CreateStreamingDecoder();
        string[] chunks = [.. ids.Select(subject.Append)];
        Assert.AreEqual("x\U0001F680y", string.Concat(chunks));
        Assert.IsTrue(chunks.All(chunk => !chunk.Contains('\uFFFD') && IsWellFormed(chunk)));
        Assert.AreEqual("", subject.Flush());
    }

    [TestMethod]
    public void Flush_IncompleteCharacter_GivesTheReplacementCharacterAndStartsAfresh()
    {
        Tokenizer tokenizer = GoldenFiles.Load("tiny-olmoe");
        StreamingDecoder subject = tokenizer.CreateStreamingDecoder();
        int firstByte = tokenizer.Encode("\U0001F680")[0];
        Assert.AreEqual("", subject.Append(firstByte));
        Assert.AreEqual("\uFFFD", subject.Flush());
        Assert.AreEqual("", subject.Flush());
        Assert.AreEqual("a", subject.Append(tokenizer.TokenToId("a")!.Value));
    }

    [TestMethod]
    public void Append_SentencePieceText_StripsTheFirstSpaceOnly()
    {
        Tokenizer tokenizer = GoldenFiles.Load("mixtral");
        int word = tokenizer.TokenToId("▁the")!.Value;
        StreamingDecoder subject = tokenizer.CreateStreamingDecoder();
        Assert.AreEqual("", subject.Append(1));
        Assert.AreEqual("the", subject.Append(word));
        Assert.AreEqual(" the", subject.Append(word));
    }

    [TestMethod]
    public void Append_OrdinaryTokens_ComeAtOnce()
    {
        foreach (string name in new[] { "tiny-olmoe", "mixtral", "deepseek" })
        {
            Tokenizer tokenizer = GoldenFiles.Load(name);
            StreamingDecoder subject = tokenizer.CreateStreamingDecoder();
            foreach (int id in tokenizer.Encode("The fox and the dog", addSpecialTokens: false).Skip(1))
                Assert.AreNotEqual("", subject.Append(id), name);
        }
    }

    // A lone surrogate reads as U+FFFD; only one that is written in the text may be there.
    private static bool IsWellFormed(string text) =>
        text.EnumerateRunes().Count(rune => rune == Rune.ReplacementChar) == text.Count(c => c == '\uFFFD');
}
