using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class TokenizerConcurrencyTests
{
    [TestMethod]
    [DataRow("tiny-olmoe")]
    [DataRow("mixtral")]
    [DataRow("deepseek")]
    public void Encode_ManyThreadsOnOneTokenizer_GivesWhatOneThreadGives(string name)
    {
        var random = new Random(5);
        string[] texts = [.. Enumerable.Range(0, 200).Select(_ => RandomText.Next(random, 80))];
        Tokenizer alone = GoldenFiles.Load(name);
        int[][] expected = [.. texts.Select(text => alone.Encode(text))];

        Tokenizer shared = GoldenFiles.Load(name);
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            int k = i * 31 % texts.Length;
            int[] ids = shared.Encode(texts[k]);
            if (!ids.AsSpan().SequenceEqual(expected[k]) || shared.Decode(ids) != alone.Decode(expected[k]))
                wrong.Add(GoldenFiles.Show(texts[k]));
        });
        Assert.IsEmpty(wrong);
    }
}
