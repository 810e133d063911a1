using MoEQuant.Runtime.Tokenization.Characters;

namespace MoEQuant.Runtime.Tests.Tokenization.Characters;

[TestClass]
public sealed class CodePointsTests
{
    // DataRow cannot carry lone surrogates: attributes are stored as UTF-8.
    private static readonly (string Text, string Expected)[] s_cases =
    [
        ("plain", "plain"),
        ("pair \U0001F600.", "pair \U0001F600."),
        ("\uD83D", "\uFFFD"),
        ("\uDE00", "\uFFFD"),
        ("a\uD83Db", "a\uFFFDb"),
        ("\uDE00\uD83D\uDE00\uD83D", "\uFFFD\U0001F600\uFFFD"),
        ("\uD83D\uD83D\uDE00", "\uFFFD\U0001F600"),
    ];

    [TestMethod]
    public void WellFormed_LoneSurrogates_BecomeReplacementCharactersAndPairsStay()
    {
        foreach ((string text, string expected) in s_cases)
            Assert.IsTrue(expected.Equals(CodePoints.WellFormed(text), StringComparison.Ordinal), GoldenFiles.Show(expected));
    }

    [TestMethod]
    public void WellFormed_TextWithoutSurrogates_IsNotCopied() => Assert.AreSame(s_cases[0].Text, CodePoints.WellFormed(s_cases[0].Text));
}
