using System.Text.Json;
using MoEQuant.Runtime.Tokenization;
using MoEQuant.Runtime.Tokenization.Patterns;
using MoEQuant.Runtime.Tokenization.PreTokenization;

namespace MoEQuant.Runtime.Tests.Tokenization.Patterns;

[TestClass]
public sealed class PatternGoldenTests
{
    [TestMethod]
    public void Split_PatternsAndTexts_GivesThePiecesOfTheReference()
    {
        using JsonDocument golden = GoldenFiles.Open("patterns");
        string[] texts = [.. golden.RootElement.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!)];
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            string source = item.GetProperty("pattern").GetString()!;
            var behavior = Enum.Parse<SplitBehavior>(item.GetProperty("behavior").GetString()!);
            var splitter = new PatternSplitter(PatternFactory.FromRegex(source), behavior, item.GetProperty("invert").GetBoolean());
            foreach ((string text, JsonElement pieces) in texts.Zip(item.GetProperty("pieces").EnumerateArray()))
            {
                int[] expected = GoldenFiles.Ids(pieces);
                int[] actual = Split(splitter, text);
                if (!actual.AsSpan().SequenceEqual(expected))
                    wrong.Add($"{source} {behavior} {item.GetProperty("invert")} on {GoldenFiles.Show(text)}: {string.Join(',', actual)} instead of {string.Join(',', expected)}");
                count++;
            }
        }
        Assert.IsGreaterThan(5000, count);
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    private static int[] Split(PatternSplitter splitter, string text)
    {
        var pieces = new List<TextPiece>();
        splitter.Split(new TextPiece(text, isFirst: true), pieces);
        return [.. pieces.SelectMany(piece => new[] { piece.Start, piece.Start + piece.Length })];
    }
}
