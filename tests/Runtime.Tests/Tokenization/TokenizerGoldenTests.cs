using System.Text.Json;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class TokenizerGoldenTests
{
    public static IEnumerable<object[]> Names => GoldenFiles.Names.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Encode_TextsOfTheCorpus_GivesTheIdsOfTheReference(string name)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        using JsonDocument golden = GoldenFiles.Open(name);
        var wrong = new List<string>();
        int count = 0;
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            string text = item.GetProperty("text").GetString()!;
            Compare(text, GoldenFiles.Ids(item.GetProperty("ids")), subject.Encode(text, addSpecialTokens: false), wrong);
            Compare(text, GoldenFiles.Ids(item.GetProperty("special")), subject.Encode(text, addSpecialTokens: true), wrong);
            count++;
        }
        Assert.IsGreaterThan(200, count);
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Decode_IdsOfTheCorpus_GivesTheTextOfTheReference(string name)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        using JsonDocument golden = GoldenFiles.Open(name);
        var wrong = new List<string>();
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
            CompareDecoding(subject, GoldenFiles.Ids(item.GetProperty("special")), item, wrong);
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Decode_ArbitraryIds_GivesTheTextOfTheReference(string name)
    {
        Tokenizer subject = GoldenFiles.Load(name);
        using JsonDocument golden = GoldenFiles.Open(name);
        var wrong = new List<string>();
        foreach (JsonElement item in golden.RootElement.GetProperty("decodings").EnumerateArray())
            CompareDecoding(subject, GoldenFiles.Ids(item.GetProperty("ids")), item, wrong);
        Assert.IsEmpty(wrong, string.Join('\n', wrong));
    }

    private static void CompareDecoding(Tokenizer subject, int[] ids, JsonElement item, List<string> wrong)
    {
        foreach ((string property, bool skip) in new[] { ("decoded", false), ("skipped", true) })
        {
            string expected = item.GetProperty(property).GetString()!;
            string actual = subject.Decode(ids, skip);
            if (actual != expected)
                wrong.Add($"{string.Join(',', ids)} {property}: {GoldenFiles.Show(actual)} instead of {GoldenFiles.Show(expected)}");
        }
    }

    private static void Compare(string text, int[] expected, int[] actual, List<string> wrong)
    {
        if (!actual.AsSpan().SequenceEqual(expected))
            wrong.Add($"{GoldenFiles.Show(text)}: {string.Join(',', actual)} instead of {string.Join(',', expected)}");
    }
}
