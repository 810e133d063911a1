using System.Text;
using System.Text.Json.Nodes;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Runtime.Tokenization;

namespace MoEQuant.Runtime.Tests.Tokenization;

[TestClass]
public sealed class TokenizerBadInputTests
{
    [TestMethod]
    [DataRow("", "MOEQ1080", DisplayName = "empty file")]
    [DataRow("   ", "MOEQ1080", DisplayName = "white space")]
    [DataRow("{", "MOEQ1080", DisplayName = "an open object")]
    [DataRow("[]", "MOEQ1080", DisplayName = "a list")]
    [DataRow("42", "MOEQ1080", DisplayName = "a number")]
    [DataRow("null", "MOEQ1080", DisplayName = "null")]
    [DataRow("{} {}", "MOEQ1080", DisplayName = "two objects")]
    [DataRow("{\"a\":}", "MOEQ1080", DisplayName = "a missing value")]
    [DataRow("{}", "MOEQ1081", DisplayName = "no model")]
    [DataRow("{\"model\":{}}", "MOEQ1084", DisplayName = "an empty model")]
    [DataRow("{\"model\":[]}", "MOEQ1082", DisplayName = "a model that is a list")]
    [DataRow("{\"model\":null}", "MOEQ1082", DisplayName = "a model that is null")]
    [DataRow("{\"model\":{\"type\":\"BPE\"}}", "MOEQ1081", DisplayName = "no vocabulary")]
    [DataRow("{\"model\":{\"type\":\"BPE\",\"vocab\":{}}}", "MOEQ1081", DisplayName = "no merges")]
    [DataRow("{\"model\":{\"type\":\"BPE\",\"vocab\":[],\"merges\":[]}}", "MOEQ1082", DisplayName = "a vocabulary that is a list")]
    [DataRow("{\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":{}}}", "MOEQ1082", DisplayName = "merges that are an object")]
    [DataRow("{\"model\":{\"vocab\":[[\"a\",0.5]],\"unk_id\":0}}", "MOEQ1084", DisplayName = "a Unigram model without type")]
    [DataRow("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"\\ud800\":0},\"merges\":[]}}", "MOEQ1082", DisplayName = "half a surrogate pair as token")]
    [DataRow("{\"version\":\"\\ud800\",\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}", "MOEQ1082", DisplayName = "half a surrogate pair as version")]
    [DataRow("{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"a\":1},\"merges\":[]}}", "MOEQ1088", DisplayName = "a token twice")]
    public void FromJson_BrokenFile_ThrowsItsCode(string json, string code) => AssertCode(code, Encoding.UTF8.GetBytes(json));

    [TestMethod]
    public void FromJson_BytesThatAreNoUtf8_ThrowsItsCode() => AssertCode("MOEQ1080", [.. "{\"model\": \""u8, 0xFF, .. "\"}"u8]);

    [TestMethod]
    [DataRow("version", "\"2.0\"", "MOEQ1083")]
    [DataRow("version", "1", "MOEQ1082")]
    [DataRow("model.type", "\"Unigram\"", "MOEQ1084")]
    [DataRow("model.type", "\"WordPiece\"", "MOEQ1084")]
    [DataRow("model.type", "\"WordLevel\"", "MOEQ1084")]
    [DataRow("model.type", "7", "MOEQ1082")]
    [DataRow("model.dropout", "0.1", "MOEQ1086")]
    [DataRow("model.dropout", "\"x\"", "MOEQ1082")]
    [DataRow("model.unk_token", "\"<unk>\"", "MOEQ1092")]
    [DataRow("model.unk_token", "3", "MOEQ1082")]
    [DataRow("model.fuse_unk", "\"yes\"", "MOEQ1082")]
    [DataRow("model.byte_fallback", "1", "MOEQ1082")]
    [DataRow("model.continuing_subword_prefix", "[]", "MOEQ1082")]
    [DataRow("model.vocab", "{\"a\":-1}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":1.5}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":\"0\"}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":4294967296}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":99999999999999999999}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":2147483647}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":{}}", "MOEQ1087")]
    [DataRow("model.vocab", "{\"a\":0,\"b\":0,\"c\":1,\"ab\":2,\"abc\":3}", "MOEQ1088")]
    [DataRow("model.merges", "[\"a\"]", "MOEQ1089")]
    [DataRow("model.merges", "[\"a b c\"]", "MOEQ1089")]
    [DataRow("model.merges", "[[\"a\"]]", "MOEQ1089")]
    [DataRow("model.merges", "[[\"a\",\"b\",\"c\"]]", "MOEQ1089")]
    [DataRow("model.merges", "[[\"a\",1]]", "MOEQ1089")]
    [DataRow("model.merges", "[7]", "MOEQ1089")]
    [DataRow("model.merges", "[\"a z\"]", "MOEQ1090")]
    [DataRow("model.merges", "[\"z a\"]", "MOEQ1090")]
    [DataRow("model.merges", "[\"b a\"]", "MOEQ1090")]
    [DataRow("model.merges", "[\" \"]", "MOEQ1090")]
    [DataRow("added_tokens", "{}", "MOEQ1082")]
    [DataRow("added_tokens", "[3]", "MOEQ1082")]
    [DataRow("added_tokens", "[{\"id\":9}]", "MOEQ1081")]
    [DataRow("added_tokens", "[{\"content\":\"x\"}]", "MOEQ1081")]
    [DataRow("added_tokens", "[{\"id\":-1,\"content\":\"x\"}]", "MOEQ1087")]
    [DataRow("added_tokens", "[{\"id\":4194304,\"content\":\"x\"}]", "MOEQ1087")]
    [DataRow("added_tokens", "[{\"id\":1.5,\"content\":\"x\"}]", "MOEQ1082")]
    [DataRow("added_tokens", "[{\"id\":0,\"content\":\"x\"}]", "MOEQ1093")]
    [DataRow("added_tokens", "[{\"id\":9,\"content\":\"a\"}]", "MOEQ1093")]
    [DataRow("added_tokens", "[{\"id\":9,\"content\":\"x\"},{\"id\":9,\"content\":\"y\"}]", "MOEQ1088")]
    [DataRow("added_tokens", "[{\"id\":9,\"content\":\"x\"},{\"id\":8,\"content\":\"x\"}]", "MOEQ1088")]
    [DataRow("normalizer", "{\"type\":\"Precompiled\"}", "MOEQ1085")]
    [DataRow("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"BertNormalizer\"}]}", "MOEQ1085")]
    [DataRow("normalizer", "{\"type\":\"Sequence\",\"normalizers\":3}", "MOEQ1082")]
    [DataRow("normalizer", "{\"type\":\"Sequence\"}", "MOEQ1081")]
    [DataRow("normalizer", "{\"type\":\"Replace\",\"content\":\"\"}", "MOEQ1081")]
    [DataRow("normalizer", "{\"type\":\"Replace\",\"content\":\"\",\"pattern\":{}}", "MOEQ1082")]
    [DataRow("normalizer", "{\"type\":\"Replace\",\"content\":\"\",\"pattern\":{\"Regex\":\"(\"}}", "MOEQ1095")]
    [DataRow("normalizer", "{}", "MOEQ1081")]
    [DataRow("normalizer", "\"NFC\"", "MOEQ1082")]
    [DataRow("pre_tokenizer", "{\"type\":\"BertPreTokenizer\"}", "MOEQ1085")]
    [DataRow("pre_tokenizer", "{\"type\":\"Split\",\"pattern\":{\"String\":\"x\"},\"behavior\":\"Sideways\"}", "MOEQ1082")]
    [DataRow("pre_tokenizer", "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a)\\\\1\"},\"behavior\":\"Isolated\"}", "MOEQ1095")]
    [DataRow("pre_tokenizer", "{\"type\":\"ByteLevel\"}", "MOEQ1081")]
    [DataRow("pre_tokenizer", "{\"type\":\"ByteLevel\",\"add_prefix_space\":false}", "MOEQ1091")]
    [DataRow("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"xy\"}", "MOEQ1082")]
    [DataRow("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"sometimes\"}", "MOEQ1082")]
    [DataRow("pre_tokenizer", "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"first\",\"add_prefix_space\":false}", "MOEQ1082")]
    [DataRow("post_processor", "{\"type\":\"BertProcessing\"}", "MOEQ1085")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[]}", "MOEQ1081")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\"}}],\"special_tokens\":{}}", "MOEQ1094")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"x\"}}],\"special_tokens\":{\"x\":{\"ids\":[99]}}}", "MOEQ1094")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"B\"}}],\"special_tokens\":{}}", "MOEQ1094")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{\"Sequence\":{\"id\":\"A\"}},{\"Sequence\":{\"id\":\"A\"}}],\"special_tokens\":{}}", "MOEQ1094")]
    [DataRow("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{}],\"special_tokens\":{}}", "MOEQ1082")]
    [DataRow("decoder", "{\"type\":\"WordPiece\"}", "MOEQ1085")]
    [DataRow("decoder", "{\"type\":\"Strip\",\"content\":\" \",\"start\":-1,\"stop\":0}", "MOEQ1082")]
    [DataRow("decoder", "{\"type\":\"Strip\",\"content\":\"\",\"start\":1,\"stop\":0}", "MOEQ1082")]
    [DataRow("decoder", "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"CTC\"}]}", "MOEQ1085")]
    public void FromJson_WrongProperty_ThrowsItsCode(string place, string value, string code)
    {
        JsonObject json = TokenizerJson.Letters();
        string[] path = place.Split('.');
        JsonObject parent = path.Length == 1 ? json : json[path[0]]!.AsObject();
        parent[path[^1]] = JsonNode.Parse(value);
        AssertCode(code, Encoding.UTF8.GetBytes(json.ToJsonString()));
    }

    [TestMethod]
    public void FromJson_ByteLevelBehindByteLevel_ThrowsItsCode()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load("falcon", json =>
            json["pre_tokenizer"]!["pretokenizers"]!.AsArray().Add(JsonNode.Parse("{\"type\":\"ByteLevel\",\"add_prefix_space\":false}"))));
        Assert.AreEqual("MOEQ1086", error.Code);
    }

    [TestMethod]
    public void FromJson_ByteLevelWithWordSuffix_ThrowsItsCode()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load("qwen", json => json["model"]!["end_of_word_suffix"] = "</w>"));
        Assert.AreEqual("MOEQ1086", error.Code);
        StringAssert.Contains(error.Message, "</w>");
    }

    [TestMethod]
    public void FromJson_MergeWhoseRightPartLacksThePrefix_ThrowsItsCode()
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load("words-with-suffix", json => json["model"]!["continuing_subword_prefix"] = "@@"));
        Assert.AreEqual("MOEQ1089", error.Code);
    }

    [TestMethod]
    public void FromJson_AddedTokenOfAbsurdLength_ThrowsItsCode()
    {
        JsonObject json = TokenizerJson.Letters();
        json["added_tokens"] = new JsonArray(TokenizerJson.AddedToken(9, new string('x', 2000)));
        Assert.AreEqual("MOEQ1093", Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load(json)).Code);
    }

    [TestMethod]
    public void FromJson_SequencesNestedWithoutEnd_ThrowsItsCode()
    {
        string nested = string.Concat(Enumerable.Repeat("{\"type\":\"Sequence\",\"normalizers\":[", 1000));
        AssertCode("MOEQ1080", Encoding.UTF8.GetBytes("{\"normalizer\":" + nested));
    }

    [TestMethod]
    public void Encode_NormalizerThatDoublesForEver_IsStoppedWithItsCode()
    {
        JsonObject json = TokenizerJson.Letters();
        const string Doubling = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"aa\"}";
        json["normalizer"] = JsonNode.Parse($"{{\"type\":\"Sequence\",\"normalizers\":[{string.Join(',', Enumerable.Repeat(Doubling, 100))}]}}");
        Assert.AreEqual("MOEQ1097", Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load(json).Encode("a")).Code);
    }

    [TestMethod]
    public void Encode_ReplacementOfHugeLength_IsStoppedWithItsCode()
    {
        JsonObject json = TokenizerJson.Letters();
        json["normalizer"] = JsonNode.Parse($"{{\"type\":\"Replace\",\"pattern\":{{\"String\":\"\"}},\"content\":\"{new string('a', 1_000_000)}\"}}");
        Assert.AreEqual("MOEQ1097", Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load(json).Encode(new string('b', 5000))).Code);
    }

    [TestMethod]
    public void Decode_DecoderThatDoublesForEver_IsStoppedWithItsCode()
    {
        JsonObject json = TokenizerJson.Letters();
        const string Doubling = "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"a\"},\"content\":\"aa\"}";
        json["decoder"] = JsonNode.Parse($"{{\"type\":\"Sequence\",\"decoders\":[{string.Join(',', Enumerable.Repeat(Doubling, 100))}]}}");
        Tokenizer subject = TokenizerJson.Load(json);
        Assert.AreEqual("MOEQ1097", Assert.ThrowsExactly<MoEQuantException>(() => subject.Decode([0])).Code);
    }

    [TestMethod]
    public void Encode_PreTokenizersThatMultiplyPieces_AreStoppedWithTheirCode()
    {
        JsonObject json = TokenizerJson.Letters();
        const string Round = "{\"type\":\"Metaspace\",\"replacement\":\"_\",\"prepend_scheme\":\"always\",\"split\":false},"
            + "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"[a-z_]\"},\"behavior\":\"Isolated\"},{\"type\":\"Metaspace\",\"replacement\":\"=\",\"prepend_scheme\":\"always\",\"split\":false},"
            + "{\"type\":\"Split\",\"pattern\":{\"Regex\":\".\"},\"behavior\":\"Isolated\"}";
        json["pre_tokenizer"] = JsonNode.Parse($"{{\"type\":\"Sequence\",\"pretokenizers\":[{string.Join(',', Enumerable.Repeat(Round, 50))}]}}");
        Assert.AreEqual("MOEQ1097", Assert.ThrowsExactly<MoEQuantException>(() => TokenizerJson.Load(json).Encode("abc")).Code);
    }

    [TestMethod]
    public void FromJson_Failure_NamesTheFilePlaceAndValues()
    {
        JsonObject json = TokenizerJson.Letters();
        json["model"]!["merges"] = JsonNode.Parse("[\"a b\", \"a zebra\"]");
        var error = Assert.ThrowsExactly<MoEQuantException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()), "some/tokenizer.json"));
        Assert.AreEqual("some/tokenizer.json", error.Path);
        StringAssert.Contains(error.Message, "Merge 1 needs the token \"zebra\"");
    }

    [TestMethod]
    [DataRow("mixtral-metaspace")]
    [DataRow("deepseek")]
    public void FromJson_FileCutAnywhere_ThrowsNothingButCodedErrors(string name)
    {
        byte[] json = GoldenFiles.TokenizerJson(name);
        for (int length = 0; length < json.Length - 2; length += 1 + length / 50)
            Assert.AreEqual("MOEQ1080", Assert.ThrowsExactly<MoEQuantException>(() => Tokenizer.FromJson(json.AsSpan(0, length))).Code);
    }

    [TestMethod]
    [DataRow("mixtral-metaspace")]
    [DataRow("deepseek")]
    [DataRow("metaspace-normalized")]
    public void FromJson_FileWithRandomDamage_ThrowsNothingButCodedErrors(string name)
    {
        byte[] original = GoldenFiles.TokenizerJson(name);
        // Beyond the vocabulary most damage is in merges; the first part has all the small settings.
        int settings = original.AsSpan().IndexOf("\"vocab\""u8);
        var random = new Random(7);
        int refused = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] damaged = [.. original];
            for (int k = random.Next(1, 4); k > 0; k--)
                damaged[random.Next(i % 2 == 0 ? settings : damaged.Length)] = (byte)"\"{}[],:0192a -ntf\\"[random.Next(18)];
            try
            {
                Tokenizer.FromJson(damaged).Encode("Hello wörld 123");
            }
            catch (MoEQuantException)
            {
                refused++;
            }
        }
        Assert.IsGreaterThan(100, refused);
    }

    private static void AssertCode(string code, byte[] json)
    {
        var error = Assert.ThrowsExactly<MoEQuantException>(() => Tokenizer.FromJson(json));
        Assert.AreEqual(code, error.Code, error.Message);
        Assert.AreEqual("tokenizer.json", error.Path);
    }
}
