using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
[DoNotParallelize]
public sealed class TokenizerLinearTimeTests
{
    // Twenty times the text may take at most this many times as long: large texts leave the processor's caches. A quadratic step takes 400 times as long.
    private const double MostGrowth = 120;
    private const int Length = 40_000;
    private const int Times = 20;

    [TestMethod]
    [DataRow("tiny-olmoe", "a")]
    [DataRow("tiny-olmoe", " ")]
    [DataRow("tiny-olmoe", "\n")]
    [DataRow("tiny-olmoe", "The quick brown fox. ")]
    [DataRow("tiny-olmoe", "\U0001F600")]
    [DataRow("neox", "e\u0301")]
    [DataRow("neox", "\u0300")]
    [DataRow("neox", "      ")]
    [DataRow("cl100k", "a")]
    [DataRow("cl100k", " ")]
    [DataRow("cl100k", " \n")]
    [DataRow("cl100k", "1")]
    [DataRow("cl100k", "<tool")]
    [DataRow("deepseek", " ")]
    [DataRow("deepseek", "\t ")]
    [DataRow("deepseek", "a")]
    [DataRow("deepseek-v3", " ")]
    [DataRow("deepseek-v3", "!")]
    [DataRow("mixtral", "a")]
    [DataRow("mixtral", " ")]
    [DataRow("mixtral", "the quick brown fox ")]
    [DataRow("mixtral", "thequickbrownfox")]
    [DataRow("mixtral", "\U0001F600")]
    [DataRow("mixtral-metaspace", "word")]
    [DataRow("mixtral-metaspace", " <mask")]
    [DataRow("metaspace-normalized", "\u0301a ")]
    public void Encode_TwentyTimesTheText_TakesNoMoreThanALinearStepWould(string name, string unit)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        string small = Repeat(unit, Length);
        string large = Repeat(unit, Length * Times);
        subject.Encode(small);
        double smallTime = Best(() => subject.Encode(small), 4);
        double largeTime = Best(() => subject.Encode(large), 2);
        // Below a millisecond the clock and the collector decide, not the algorithm.
        Assert.IsLessThan(MostGrowth * Math.Max(smallTime, 1), largeTime, $"{small.Length} characters took {smallTime:F1} ms, {large.Length} took {largeTime:F1} ms");
    }

    [TestMethod]
    public void Encode_TwoMegabytesWithoutSpaces_EndsAndDecodesBack()
    {
        Tokenizer subject = GoldenFiles.Load("mixtral");
        string text = Repeat("thequickbrownfoxjumps", 2_000_000);
        Assert.AreEqual(text, subject.Decode(subject.Encode(text)));
    }

    private static string Repeat(string unit, int length) => string.Concat(Enumerable.Repeat(unit, length / unit.Length));

    // Processor time of this process, in milliseconds: what other processes do to the clock on the wall does not count.
    private static double Best(Action action, int times)
    {
        double best = double.MaxValue;
        for (int i = 0; i < times; i++)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            action();
            best = Math.Min(best, (Environment.CpuUsage.TotalTime - start).TotalMilliseconds);
        }
        return best;
    }
}
