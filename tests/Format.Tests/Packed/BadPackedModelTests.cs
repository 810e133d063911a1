using System.Buffers.Binary;
using System.Text.Json.Nodes;

namespace MoEQuant.Format.Tests;

/// <summary>One thing wrong at a time in an otherwise good packed model.</summary>
[TestClass]
public sealed class BadPackedModelTests
{
    private const string Matrix = $"'{PackedModels.MatrixName}'";

    [TestMethod]
    public void Surgery_WithoutChange_Opens() => RawSafetensors.OpenPacked(new PackedSurgery().ToFile(), file => file.VerifyPayload(CancellationToken.None));

    [TestMethod]
    [DataRow("MOEQ5001", "format", null, "no 'format'")]
    [DataRow("MOEQ5001", "format", "pt", "'pt'")]
    [DataRow("MOEQ5002", "moeq.version", "2.0", "version 2.0; this library reads versions 1.x")]
    [DataRow("MOEQ5002", "moeq.version", "0.9", "version 0.9; this library reads versions 1.x")]
    [DataRow("MOEQ5003", "moeq.version", null, "'moeq.version' is missing")]
    [DataRow("MOEQ5003", "moeq.version", "1", "'1'")]
    [DataRow("MOEQ5003", "moeq.version", "1.-1", "'1.-1'")]
    [DataRow("MOEQ5003", "moeq.version", " 1.0", "' 1.0'")]
    [DataRow("MOEQ5003", "moeq.version", "99999999999.0", "'99999999999.0'")]
    [DataRow("MOEQ5003", "moeq.runtime", null, "'moeq.runtime' is missing")]
    [DataRow("MOEQ5003", "moeq.tool", null, "'moeq.tool' is missing")]
    [DataRow("MOEQ5003", "moeq.name", "", "'moeq.name' is empty")]
    [DataRow("MOEQ5003", "moeq.scheme", null, "'moeq.scheme' is missing")]
    [DataRow("MOEQ5003", "moeq.payload_sha256", "ABC", "'ABC'")]
    [DataRow("MOEQ5003", "moeq.payload_sha256", "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", "lower-case")]
    [DataRow("MOEQ5003", "moeq.record", "[1]", "'[1]'")]
    [DataRow("MOEQ5003", "moeq.record", "{", "'{'")]
    public void Open_BadMetadata_GivesCodeAndFinding(string code, string key, string? value, string found)
    {
        PackedSurgery model = new();
        if (value is null)
            model.Metadata.Remove(key);
        else
            model.Metadata[key] = value;

        RawSafetensors.Expect(code, () => RawSafetensors.OpenPacked(model.ToFile()), found);
    }

    [TestMethod]
    public void Open_LaterMinorVersionWithUnknownKeysAndTensors_Opens()
    {
        PackedSurgery model = new();
        model.Metadata["moeq.version"] = "1.7";
        model.Metadata["moeq.future"] = "anything";
        model.Rename("moeq.padding/0", "moeq.future/tables");

        // The extension tensor stands where padding stood, so it must be aligned: it is not, and is refused.
        RawSafetensors.Expect("MOEQ5008", () => RawSafetensors.OpenPacked(model.ToFile()), "'moeq.future/tables'");
        model.Rename("moeq.future/tables", "moeq.padding/0");
        int length = model.Payload.Length;
        model.Header["moeq.future/tables"] = Entry("I64", [8], length, length + 64);
        model.Payload = [.. model.Payload, .. new byte[64]];

        RawSafetensors.OpenPacked(model.ToFile(), file =>
        {
            Assert.AreEqual(new Version(1, 7), file.Info.FormatVersion);
            Assert.HasCount(2, file.MatrixNames);
        });
    }

    [TestMethod]
    [DataRow("MOEQ5004", 0, 4, 3UL, "names tensor 3; tensor 4 was expected")]
    [DataRow("MOEQ5004", 0, 4, 0xFFFFFFFFUL, "names tensor 4294967295")]
    [DataRow("MOEQ5005", 4, 4, 0UL, "0 rows")]
    [DataRow("MOEQ5005", 4, 4, 0x80000000UL, "2147483648 rows")]
    [DataRow("MOEQ5005", 8, 4, 0UL, "0 columns")]
    [DataRow("MOEQ5005", 12, 1, 2UL, "2 bits per weight")]
    [DataRow("MOEQ5005", 12, 1, 16UL, "16 bits per weight")]
    [DataRow("MOEQ5005", 13, 1, 0UL, "0 compensator bits at rank 2")]
    [DataRow("MOEQ5005", 13, 1, 4UL, "4 compensator bits at rank 2")]
    [DataRow("MOEQ5005", 14, 2, 0UL, "group size 0")]
    [DataRow("MOEQ5005", 14, 2, 48UL, "group size 48")]
    [DataRow("MOEQ5005", 16, 2, 2UL, "flags 0x0002")]
    [DataRow("MOEQ5006", 18, 2, 2UL, "layout 2; this library knows layout 1")]
    [DataRow("MOEQ5006", 18, 2, 0UL, "layout 0")]
    [DataRow("MOEQ5005", 20, 4, 17UL, "rank 17; 0 to 16")]
    [DataRow("MOEQ5005", 20, 4, 0UL, "8 compensator bits at rank 0")]
    [DataRow("MOEQ5005", 20, 4, 0xFFFFFFFFUL, "rank 4294967295")]
    [DataRow("MOEQ5007", 24, 8, 191UL, "191 weight bytes")]
    [DataRow("MOEQ5007", 24, 8, 257UL, "sections of 257, 68 and 36 bytes need 512")]
    [DataRow("MOEQ5007", 24, 8, 0xFFFFFFFFFFFFFFFFUL, "18446744073709551615 weight bytes")]
    [DataRow("MOEQ5007", 24, 8, 0x7FFFFFFFFFFFFFFFUL, "9223372036854775807 weight bytes")]
    [DataRow("MOEQ5007", 32, 8, 63UL, "63 bytes of V")]
    [DataRow("MOEQ5007", 32, 8, 129UL, "need 512")]
    [DataRow("MOEQ5007", 40, 8, 31UL, "31 bytes of U")]
    [DataRow("MOEQ5007", 40, 8, 0x8000000000000000UL, "9223372036854775808 bytes of U")]
    [DataRow("MOEQ5005", 48, 1, 3UL, "3 bits per activation")]
    [DataRow("MOEQ5005", 48, 1, 16UL, "16 bits per activation")]
    [DataRow("MOEQ5005", 48, 1, 8UL, "clip ratio of 0 %")]
    [DataRow("MOEQ5005", 48, 2, 0x6504UL, "clip ratio of 101 %")]
    [DataRow("MOEQ5005", 48, 2, 0x5A00UL, "clip ratio 90 % with floating-point activations")]
    [DataRow("MOEQ5005", 50, 2, 64UL, "activation group size 64 and clip ratio 0 % with floating-point activations")]
    [DataRow("MOEQ5005", 48, 4, 0x0010_5A04UL, "activation group size 16")]
    [DataRow("MOEQ5005", 52, 1, 3UL, "rotation blocks of 8 columns")]
    [DataRow("MOEQ5005", 52, 1, 255UL, "rotation blocks of 2^31 or more columns")]
    [DataRow("MOEQ5005", 52, 1, 6UL, "rotation blocks of 64 columns, which do not divide its 32 columns")]
    [DataRow("MOEQ5005", 53, 1, 1UL, "reserved byte")]
    [DataRow("MOEQ5005", 63, 1, 1UL, "reserved byte")]
    public void Open_BadRecord_GivesCodeAndFinding(string code, int offset, int size, ulong value, string found)
    {
        PackedSurgery model = new();
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        bytes[..size].CopyTo(model.Record(0)[offset..]);

        RawSafetensors.Expect(code, () => RawSafetensors.OpenPacked(model.ToFile()), found, code == "MOEQ5004" ? "Record 0" : Matrix);
    }

    [TestMethod]
    public void Open_ActivationGroupsBelowTheWeights_GivesItsCode()
    {
        PackedSurgery model = new();
        BinaryPrimitives.WriteUInt32LittleEndian(model.Record(1)[48..], 0x0020_6408);

        RawSafetensors.Expect(
            "MOEQ5005", () => RawSafetensors.OpenPacked(model.ToFile()), "activation group size 32; 32, 64 or 128, not below the weights' 64", PackedModels.SecondMatrixName);
    }

    [TestMethod]
    public void Open_TableDoesNotFit_GivesItsCode()
    {
        PackedSurgery renamed = new();
        renamed.Rename("moeq.matrices", "moeq.other");
        RawSafetensors.Expect("MOEQ5004", () => RawSafetensors.OpenPacked(renamed.ToFile()), "2 packed matrices", "no tensor 'moeq.matrices'");

        PackedSurgery shortened = new();
        int end = shortened.End("moeq.matrices");
        shortened.Header["moeq.matrices"] = Entry("U8", [64], end - 128, end - 64);
        shortened.Payload = shortened.Payload[..^64];
        RawSafetensors.Expect("MOEQ5004", () => RawSafetensors.OpenPacked(shortened.ToFile()), "U8 [128] was expected", "[64]");

        PackedSurgery typed = new();
        typed.Header["moeq.matrices"] = Entry("I32", [32], end - 128, end);
        RawSafetensors.Expect("MOEQ5004", () => RawSafetensors.OpenPacked(typed.ToFile()), "I32");
    }

    [TestMethod]
    public void Open_Misaligned_NamesTheTensor()
    {
        RawSafetensors.Expect("MOEQ5008", () => RawSafetensors.OpenPacked(new PackedSurgery().ToFile(misalignment: 8)), "'moeq.file/config.json'", "multiple of 64");
        RawSafetensors.Expect("MOEQ5008", () => RawSafetensors.OpenPacked(new PackedSurgery().ToFile(misalignment: 63)), "'moeq.file/config.json'");
    }

    [TestMethod]
    public void Open_TensorWithoutPlace_NamesIt()
    {
        PackedSurgery typed = new();
        typed.Header[PackedModels.MatrixName]!["dtype"] = "I8";
        RawSafetensors.Expect("MOEQ5009", () => RawSafetensors.OpenPacked(typed.ToFile()), Matrix, "I8");

        PackedSurgery shaped = new();
        shaped.Header[PackedModels.MatrixName]!["shape"] = new JsonArray(2, 224);
        RawSafetensors.Expect("MOEQ5009", () => RawSafetensors.OpenPacked(shaped.ToFile()), Matrix, "[2, 224]");

        PackedSurgery vector = new();
        vector.Header[PackedModels.VectorName]!["shape"] = new JsonArray(1, 1, 3);
        RawSafetensors.Expect("MOEQ5009", () => RawSafetensors.OpenPacked(vector.ToFile()), PackedModels.VectorName, "[1, 1, 3]");

        PackedSurgery empty = new();
        empty.Header["x"] = Entry("F32", [0], empty.Payload.Length, empty.Payload.Length);
        RawSafetensors.Expect("MOEQ5009", () => RawSafetensors.OpenPacked(empty.ToFile()), "'x'", "at least one element");

        PackedSurgery padding = new();
        padding.Rename(PackedModels.MatrixName, "moeq.padding/99");
        RawSafetensors.Expect("MOEQ5009", () => RawSafetensors.OpenPacked(padding.ToFile()), "'moeq.padding/99'", "fewer than 64");
    }

    [TestMethod]
    [DataRow("moeq.file/../evil")]
    [DataRow("moeq.file/")]
    [DataRow("moeq.file/.hidden")]
    [DataRow("moeq.file/a b")]
    public void Open_BadFileName_NamesIt(string name)
    {
        PackedSurgery model = new();
        model.Rename("moeq.file/config.json", name);

        RawSafetensors.Expect("MOEQ5010", () => RawSafetensors.OpenPacked(model.ToFile()), $"'{name["moeq.file/".Length..]}'");
    }

    [TestMethod]
    public void Open_FileOfOtherType_NamesIt()
    {
        PackedSurgery model = new();
        model.Header["moeq.file/tokenizer.json"]!["dtype"] = "I8";

        RawSafetensors.Expect("MOEQ5010", () => RawSafetensors.OpenPacked(model.ToFile()), "'tokenizer.json'", "I8");
    }

    [TestMethod]
    public void Open_Checkpoint_SaysThatItIsNotPacked()
    {
        string path = Path.Combine(RepositoryPaths.SampleCheckpoint, "model.safetensors");

        RawSafetensors.Expect("MOEQ5001", () => PackedModelFile.Open(path), "'pt'", path);
    }

    [TestMethod]
    public void Open_CutAnywhere_IsRefused()
    {
        byte[] file = new PackedSurgery().ToFile();
        for (int length = 0; length < file.Length; length += length < 64 ? 1 : 37)
        {
            Diagnostics.MoEQuantException failure =
                Assert.ThrowsExactly<Diagnostics.MoEQuantException>(() => RawSafetensors.OpenPacked(file.AsSpan(0, length).ToArray()));
            Assert.AreEqual(length < 8 ? "MOEQ1005" : length < file.Length - new PackedSurgery().Payload.Length ? "MOEQ1007" : "MOEQ1017", failure.Code, $"{length}");
        }
    }

    [TestMethod]
    public void VerifyPayload_OneBitFlipped_NamesBothHashes()
    {
        PackedSurgery model = new();
        model.Payload[model.Begin(PackedModels.MatrixName)] ^= 1;

        RawSafetensors.OpenPacked(model.ToFile(), file =>
            RawSafetensors.Expect("MOEQ5011", () => file.VerifyPayload(CancellationToken.None), file.Info.PayloadSha256));
    }

    [TestMethod]
    public void VerifyPayload_Cancelled_Throws() => RawSafetensors.OpenPacked(
        new PackedSurgery().ToFile(), file => Assert.ThrowsExactly<OperationCanceledException>(() => file.VerifyPayload(new CancellationToken(canceled: true))));

    private static JsonObject Entry(string type, long[] shape, long begin, long end) => new()
    {
        ["dtype"] = type,
        ["shape"] = new JsonArray([.. shape.Select(dimension => (JsonNode)dimension)]),
        ["data_offsets"] = new JsonArray(begin, end),
    };
}
