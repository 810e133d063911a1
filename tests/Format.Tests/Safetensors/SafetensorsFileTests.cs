using System.Text;
using MoEQuant.TestSupport.Memory;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class SafetensorsFileTests
{
    private const string T = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";

    [TestMethod]
    public void Open_HeaderOutOfOrderWithTrailingSpaces_SortsByOffset()
    {
        const string header = "{\"b\":{\"data_offsets\":[8,9],\"shape\":[],\"dtype\":\"I8\",\"future\":{\"x\":[1,{}]}},\"__metadata__\":{\"k\":\"v\"}," +
            "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"z\":{\"dtype\":\"F64\",\"shape\":[3,0],\"data_offsets\":[0,0]}}   ";

        RawSafetensors.Open(RawSafetensors.File(header, 9), file =>
        {
            CollectionAssert.AreEqual(new[] { "z", "a", "b" }, file.Tensors.Select(tensor => tensor.Name).ToArray());
            Assert.AreEqual(new TensorEntry("a", TensorDataType.F32, file.Tensors[1].Shape, 8 + header.Length, 8), file.Tensors[1]);
            Assert.AreEqual("[3, 0]", file.Tensors[0].ShapeText);
            Assert.AreEqual("v", file.Metadata["k"]);
            Assert.IsTrue(file.TryGetOrdinal("b", out int ordinal));
            Assert.AreEqual(2, ordinal);
        });
    }

    [TestMethod]
    public void Open_EveryDataType_KnowsItsSize()
    {
        (string Name, int Size)[] types =
        [
            ("BOOL", 1), ("U8", 1), ("I8", 1), ("F8_E4M3", 1), ("F8_E5M2", 1), ("I16", 2), ("U16", 2), ("F16", 2), ("BF16", 2), ("I32", 4), ("U32", 4), ("F32", 4), ("I64", 8), ("U64", 8), ("F64", 8),
        ];
        Assert.HasCount(Enum.GetValues<TensorDataType>().Length, types);
        foreach ((string name, int size) in types)
        {
            string header = $"{{\"a\":{{\"dtype\":\"{name}\",\"shape\":[3],\"data_offsets\":[0,{3 * size}]}}}}";
            RawSafetensors.Open(RawSafetensors.File(header, 3 * size), file =>
            {
                Assert.AreEqual(name, file.Tensors[0].Type.FileName());
                Assert.AreEqual(3, file.Tensors[0].ElementCount);
            });
        }
    }

    [TestMethod]
    public void Open_NoTensors_IsValid() => RawSafetensors.Open(RawSafetensors.File("{}", 0), file => Assert.IsEmpty(file.Tensors));

    [TestMethod]
    public void Open_SampleCheckpoint_ListsItsTensors()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Path.Combine(RepositoryPaths.SampleCheckpoint, "model.safetensors"));

        Assert.IsTrue(file.TryGetTensor("model.embed_tokens.weight", out TensorEntry? embedding));
        Assert.AreEqual("[4096, 256]", embedding.ShapeText);
        Assert.AreEqual(file.Region.Length, file.Tensors[^1].Offset + file.Tensors[^1].Length);
    }

    [TestMethod]
    [DataRow("MOEQ1008", "", 0, "nothing")]
    [DataRow("MOEQ1008", " {}", 0, "' '")]
    [DataRow("MOEQ1008", "[]", 0, "'['")]
    [DataRow("MOEQ1008", "{", 0, "1 bytes")]
    [DataRow("MOEQ1008", "{} x", 0, "line 1 at byte 3")]
    [DataRow("MOEQ1008", "{\"a\":\n\n\u0001}", 0, "line 3 at byte 0")]
    [DataRow("MOEQ1008", "{\"\\ud800\":1}", 0, "half a surrogate pair")]
    [DataRow("MOEQ1008", T, 8, "not valid JSON")]
    [DataRow("MOEQ1009", "{\"a\":7}", 0, "'a' is a JSON Number")]
    [DataRow("MOEQ1009", "{\"__metadata__\":[]}", 0, "'__metadata__' is a JSON StartArray")]
    [DataRow("MOEQ1009", "{\"__metadata__\":{\"k\":1}}", 0, "'k' is a JSON Number")]
    [DataRow("MOEQ1009", "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'a' has no 'dtype'")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 8, "'a' has no 'shape'")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "'a' has no 'data_offsets'")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8]}}", 8, "'a' has 1 data_offsets")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'a' has 'shape' twice")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":3,\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "dtype of tensor 'a' is a JSON Number")]
    [DataRow("MOEQ1009", "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}}", 8, "shape of tensor 'a' is a JSON Number")]
    [DataRow("MOEQ1010", T + ",\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,16]}}", 16, "Tensor 'a' occurs twice")]
    [DataRow("MOEQ1010", "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}", 0, "'k' occurs twice")]
    [DataRow("MOEQ1010", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "'__metadata__' occurs twice")]
    [DataRow("MOEQ1010", "{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"\\u0061\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0, "'a' occurs twice")]
    [DataRow("MOEQ1011", "{\"a\":{\"dtype\":\"Q4_K\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'Q4_K'")]
    [DataRow("MOEQ1011", "{\"a\":{\"dtype\":\"f32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "'f32'")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}", 8, "'-2'")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}}", 8, "'2.5'")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"F32\",\"shape\":[\"2\"],\"data_offsets\":[0,8]}}", 8, "'2'")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}}", 0, "overflows")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"U8\",\"shape\":[9223372036854775808],\"data_offsets\":[0,0]}}", 0, "'9223372036854775808'")]
    [DataRow("MOEQ1012", "{\"a\":{\"dtype\":\"U8\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,1]}}", 1, "more than 32")]
    [DataRow("MOEQ1013", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}", 8, "'-8'")]
    [DataRow("MOEQ1013", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}", 8, "[8, 0]")]
    [DataRow("MOEQ1013", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8,16]}}", 8, "more than 2")]
    [DataRow("MOEQ1013", "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[9223372036854775799,9223372036854775807]}}", 8, "beyond any file")]
    [DataRow("MOEQ1013", "{\"a\":{\"dtype\":\"U8\",\"shape\":[8],\"data_offsets\":[0,18446744073709551615]}}", 8, "'18446744073709551615'")]
    [DataRow("MOEQ1014", "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}", 8, "has 8 bytes; 12 were expected")]
    [DataRow("MOEQ1014", "{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,8]}}", 8, "has 8 bytes; 4 were expected")]
    [DataRow("MOEQ1015", "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}}", 12, "the header ends")]
    [DataRow("MOEQ1015", T + ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[9,11]}}", 11, "'b'")]
    [DataRow("MOEQ1016", T + ",\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[7,9]}}", 9, "'b'")]
    [DataRow("MOEQ1016", T + ",\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "within tensor 'a'")]
    [DataRow("MOEQ1017", T + "}", 7, "'a' ends at byte")]
    [DataRow("MOEQ1018", T + "}", 9, "'a' ends at byte")]
    [DataRow("MOEQ1018", "{}", 1, "The header ends at byte 10")]
    public void Open_BadHeader_GivesCodeAndFinding(string code, string header, int dataBytes, string found) =>
        RawSafetensors.Expect(code, () => RawSafetensors.Open(RawSafetensors.File(header, dataBytes)), found);

    [TestMethod]
    public void Open_BadLengths_GivesCodeAndNumbers()
    {
        RawSafetensors.Expect("MOEQ1005", () => RawSafetensors.Open([1, 2, 3]), "3 bytes");
        RawSafetensors.Expect("MOEQ1005", () => RawSafetensors.Open([]), "0 bytes");
        RawSafetensors.Expect("MOEQ1006", () => RawSafetensors.Open(RawSafetensors.File("{}", 0, 100_000_001)), "100000001", "100000000");
        RawSafetensors.Expect("MOEQ1006", () => RawSafetensors.Open(RawSafetensors.File("{}", 0, ulong.MaxValue)), "18446744073709551615");
        RawSafetensors.Expect("MOEQ1007", () => RawSafetensors.Open(RawSafetensors.File("{}", 0, 3)), "claims 3 bytes", "10 bytes");
        RawSafetensors.Expect("MOEQ1008", () => RawSafetensors.Open(RawSafetensors.File([(byte)'{', 0xC3, (byte)'}'], 0)), "UTF-8");
    }

    [TestMethod]
    [DataRow("MOEQ1019", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git-lfs pointer ('version https://git-lfs.github.com/spec/v1')")]
    [DataRow("MOEQ1020", "GGUF\u0003\0\0\0\u0010\0\0\0\0\0\0\0", "GGUF")]
    [DataRow("MOEQ1020", "PK\u0003\u0004\u0014\0\u0008\u0008", "zip archive")]
    [DataRow("MOEQ1020", "<!DOCTYPE html>", "web page")]
    [DataRow("MOEQ1020", "<html><body>404", "web page")]
    public void Open_ForeignFormat_NamesIt(string code, string content, string found) =>
        RawSafetensors.Expect(code, () => RawSafetensors.Open(Encoding.Latin1.GetBytes(content)), found);

    [TestMethod]
    public unsafe void Open_NotOwnedRegion_IsLeftToTheCaller()
    {
        using GuardedMemory memory = GuardedMemory.Copy(RawSafetensors.File("{}", 1));
        using MappedRegion region = MappedRegion.FromMemory(memory.Pointer, memory.Length, owner: null);

        RawSafetensors.Expect("MOEQ1018", () => SafetensorsFile.Open(region, ownsRegion: false));
        Assert.AreEqual(8 + 3, region.Length);
        Assert.AreEqual(2, region.Span(0, 1)[0]);

        RawSafetensors.Expect("MOEQ1018", () => SafetensorsFile.Open(region, ownsRegion: true));
        Assert.ThrowsExactly<ObjectDisposedException>(() => _ = region.Span(0, 1));
    }

    [TestMethod]
    public void Open_NameWithLineBreak_CannotForgeASecondMessage()
    {
        const string header = "{\"x\\nfake(1,1): error CS0001: y\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,7]}}";

        RawSafetensors.Expect("MOEQ1014", () => RawSafetensors.Open(RawSafetensors.File(header, 7)), "'x\\u000afake(1,1): error CS0001: y'");
    }
}
