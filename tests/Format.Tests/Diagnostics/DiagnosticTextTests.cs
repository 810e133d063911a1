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
}
