using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization.Patterns.Regexes;

namespace MoEQuant.Runtime.Tests.Tokenization.Patterns;

[TestClass]
public sealed class RegexPatternTests
{
    [TestMethod]
    [DataRow("(a)\\1", "escape \\1")]
    [DataRow("\\R", "escape \\R")]
    [DataRow("\\X", "escape \\X")]
    [DataRow("\\K", "escape \\K")]
    [DataRow("\\G", "escape \\G")]
    [DataRow("\\k<n>", "escape \\k")]
    [DataRow("\\p{Thai}", "\\p{Thai}")]
    [DataRow("\\p{Emoji}", "\\p{Emoji}")]
    [DataRow("\\pL", "without braces")]
    [DataRow("\\p{L", "\\p{")]
    [DataRow("[[:alpha:]]", "[:alpha:]")]
    [DataRow("(?x:a b)", "(?x")]
    [DataRow("(?<=a+)b", "look-behind")]
    [DataRow("(", "closing parenthesis")]
    [DataRow("(a", "closing parenthesis")]
    [DataRow("a)", "closing parenthesis")]
    [DataRow("[a", "an end")]
    [DataRow("[z-a]", "range")]
    [DataRow("[a-\\d]", "range")]
    [DataRow("*", "nothing to repeat")]
    [DataRow("a|+", "nothing to repeat")]
    [DataRow("a{3,2}", "minimum")]
    [DataRow("a{100001}", "count above")]
    [DataRow("a\\", "backslash")]
    [DataRow("[\\", "backslash")]
    [DataRow("\\x{110000}", "hexadecimal")]
    [DataRow("\\xZZ", "hexadecimal")]
    [DataRow("(?#", "an end")]
    [DataRow("(?P<n>a)", "(?P")]
    [DataRow("((((a{1000}b){1000}){1000}){1000})", "instructions")]
    [DataRow("(?:(?:(?:){99999}){99999}){99999}", "instructions")]
    public void Parse_UnsupportedOrMalformed_IsRefusedByName(string source, string named)
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => RegexPattern.Parse(source));
        Assert.AreEqual("MOEQ1095", error.Code);
        StringAssert.Contains(error.Message, named);
    }

    [TestMethod]
    public void Parse_NestingOrLengthWithoutEnd_IsRefused()
    {
        foreach (string source in new[] { new string('(', 40_000), new string('[', 40_000), "a" + new string('*', 40_000), new string('a', 60_000) })
            Assert.AreEqual("MOEQ1095", Assert.ThrowsExactly<MoEQuantException>(() => RegexPattern.Parse(source)).Code);
    }

    [TestMethod]
    public void TryFind_PatternOfExplodingCost_IsStoppedWithItsCode()
    {
        RegexPattern subject = RegexPattern.Parse("(?:a+)+$");
        var error = Assert.ThrowsExactly<MoEQuantException>(() => subject.TryFind(new string('a', 40) + "b", 0, out _, out _));
        Assert.AreEqual("MOEQ1096", error.Code);
    }

    [TestMethod]
    public void TryFind_RunThatFailsAtItsEnd_IsSkippedAsAWhole()
    {
        // Trying each of the two million starts anew would take hours.
        RegexPattern subject = RegexPattern.Parse("\\s+$");
        Assert.IsFalse(subject.TryFind(new string(' ', 2_000_000) + "b", 0, out _, out _));
    }

    [TestMethod]
    public void TryFind_DeepBacktracking_NeedsNoStackOfTheThread()
    {
        RegexPattern subject = RegexPattern.Parse("(?:a|b)*c");
        string text = new string('a', 1_000_000) + "c";
        Assert.IsTrue(subject.TryFind(text, 0, out int start, out int length));
        Assert.AreEqual((0, text.Length), (start, length));
    }
}
