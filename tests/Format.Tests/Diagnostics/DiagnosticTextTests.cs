using MoEQuant.Format.Diagnostics;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class DiagnosticTextTests
{
    [TestMethod]
    [DataRow("", "''")]
    [DataRow("model.layers.0", "'model.layers.0'")]
    [DataRow("ü𝄞", "'ü𝄞'")]
    [DataRow("a\r\nb\u0085\u2028", "'a\\u000d\\u000ab\\u0085\\u2028'")]
    public void Quote_AnyText_IsOneLine(string text, string expected) => Assert.AreEqual(expected, DiagnosticText.Quote(text));

    [TestMethod]
    public void Quote_LoneSurrogate_IsEscaped() => Assert.AreEqual("'x\\ud834'", DiagnosticText.Quote("x\ud834"));

    [TestMethod]
    public void Quote_LongText_IsCutBetweenCharacters()
    {
        string text = new string('a', 159) + "𝄞" + new string('b', 1000);

        Assert.AreEqual($"'{new string('a', 159)}…' (1161 characters)", DiagnosticText.Quote(text));
    }

    [TestMethod]
    public void Message_PathAndFindingWithLineBreaks_StaysOneShortLine()
    {
        DiagnosticDescriptor descriptor = new("MOEQ9999", "Title", "Remedy.");

        MoEQuantException failure = new(descriptor, "a\nb" + new string('x', 100_000), "c\nd");

        Assert.StartsWith("MOEQ9999: c\\u000ad: a\\u000abxxx", failure.Message);
        Assert.EndsWith("x… Remedy.", failure.Message);
        Assert.IsLessThan(5_000, failure.Message.Length);
        Assert.AreEqual("c\nd", failure.Path);
    }
}
