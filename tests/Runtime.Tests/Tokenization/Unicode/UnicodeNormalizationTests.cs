using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MoEQuant.Runtime.Tokenization.Unicode;

namespace MoEQuant.Runtime.Tests.Tokenization.Unicode;

[TestClass]
public sealed class UnicodeNormalizationTests
{
    [TestMethod]
    [DataRow("NFC")]
    [DataRow("NFD")]
    [DataRow("NFKC")]
    [DataRow("NFKD")]
    public void Normalize_EveryCodePointAmongOthers_GivesTheFormOfTheReference(string form)
    {
        using JsonDocument golden = GoldenFiles.Open("normalization");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!Rune.IsValid(codePoint))
                continue;
            string one = char.ConvertFromUtf32(codePoint);
            foreach (string text in new[] { $"a{one}\u0301b", $"\u0105\u0300{one}", $"{one}\u0323\u093c\u1161\u11a8" })
                hash.AppendData(Encoding.UTF8.GetBytes(UnicodeNormalization.Normalize(text, Form(form))));
        }
        Assert.AreEqual(golden.RootElement.GetProperty("hashes").GetProperty(form).GetString(), Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    [TestMethod]
    [DataRow("NFC")]
    [DataRow("NFD")]
    [DataRow("NFKC")]
    [DataRow("NFKD")]
    public void Normalize_TextsOfTheCorpus_GivesTheFormOfTheReference(string form)
    {
        using JsonDocument golden = GoldenFiles.Open("normalization");
        foreach (JsonElement item in golden.RootElement.GetProperty("cases").EnumerateArray())
            Assert.AreEqual(item.GetProperty(form).GetString(), UnicodeNormalization.Normalize(item.GetProperty("text").GetString()!, Form(form)));
    }

    private static NormalForm Form(string name) => Enum.Parse<NormalForm>(name[2..]);
}
