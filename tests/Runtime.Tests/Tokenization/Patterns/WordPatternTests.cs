using MoEQuant.Runtime.Tokenization.Patterns;
using MoEQuant.Runtime.Tokenization.Patterns.Regexes;

namespace MoEQuant.Runtime.Tests.Tokenization.Patterns;

[TestClass]
public sealed class WordPatternTests
{
    public static IEnumerable<object[]> WrittenOut =>
    [
        [Gpt2Pattern.Source], [TiktokenPattern.SourceWithOneDigit], [TiktokenPattern.SourceWithThreeDigits],
    ];

    [TestMethod]
    [DynamicData(nameof(WrittenOut))]
    public void FromRegex_PatternWrittenOutByHand_MatchesLikeTheGeneralMatcher(string source)
    {
        TextPattern subject = PatternFactory.FromRegex(source);
        Assert.IsNotInstanceOfType<RegexPattern>(subject);
        TextPattern general = RegexPattern.Parse(source);
        var random = new Random(17);
        for (int i = 0; i < 3000; i++)
        {
            string text = RandomText.Next(random, random.Next(1, 25));
            CollectionAssert.AreEqual(Segments(general, text), Segments(subject, text), GoldenFiles.Show(text));
        }
    }

    private static List<Segment> Segments(TextPattern pattern, string text)
    {
        var segments = new List<Segment>();
        foreach (Segment segment in pattern.Segments(text))
            segments.Add(segment);
        return segments;
    }
}
