using System.Text;
using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Quantizer.Tests.Checkpoints;

/// <summary>Folders that users really have: every one gets its own code and a message that names what was found.</summary>
[TestClass]
public sealed class BadCheckpointTests
{
    private const string UpProjection = "model.layers.1.mlp.experts.2.up_proj.weight";
    private const string Router = "model.layers.0.mlp.gate.weight";
    private const string Index = "model.safetensors.index.json";

    [TestMethod]
    public void Open_FolderMissingOrFile_GivesItsCode()
    {
        using TemporaryFolder folder = new();
        ExpectOpen("MOEQ1030", folder.File("absent"), "No such folder", "absent");
        ExpectOpen("MOEQ1030", folder.Write("file", [1]), "This is a file", "file");
    }

    [TestMethod]
    public void ReadConfig_Missing_NamesTheFile()
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder().Write(folder.Path);
        File.Delete(folder.File("config.json"));
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);

        Expect("MOEQ1031", () => checkpoint.ReadConfig(), "config.json", folder.Path);
    }

    [TestMethod]
    [DataRow("pytorch_model-00001-of-00002.bin", "PyTorch files ('pytorch_model-00001-of-00002.bin')")]
    [DataRow("mixtral.Q4_K_M.gguf", "GGUF files ('mixtral.Q4_K_M.gguf')")]
    [DataRow("consolidated.safetensors", "safetensors files of other names ('consolidated.safetensors')")]
    [DataRow("model-1-of-2.safetensors", "safetensors files of other names ('model-1-of-2.safetensors')")]
    [DataRow("README.md", "no weights among its files ('README.md')")]
    [DataRow(null, "The folder is empty")]
    public void Open_NoSafetensors_SaysWhatWasFound(string? file, string found)
    {
        using TemporaryFolder folder = new();
        if (file is not null)
            folder.Write(file, [1, 2, 3]);

        ExpectOpen("MOEQ1032", folder.Path, found, "model.safetensors, or model-NNNNN-of-NNNNN.safetensors", "Download");
    }

    [TestMethod]
    [DataRow("MOEQ1033", "[]", "StartArray")]
    [DataRow("MOEQ1033", "{\"weight_map\":", "no JSON object")]
    [DataRow("MOEQ1033", "", "no JSON object")]
    [DataRow("MOEQ1033", "{\"metadata\":{}}", "no 'weight_map'")]
    [DataRow("MOEQ1033", "{\"weight_map\":{}}", "empty")]
    [DataRow("MOEQ1033", "{\"weight_map\":7}", "Number")]
    [DataRow("MOEQ1033", "{\"weight_map\":{\"a\":1}}", "'a'")]
    [DataRow("MOEQ1033", "{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}", "'a' twice")]
    [DataRow("MOEQ1033", "{\"weight_map\":{\"a\":\"x\"},\"weight_map\":{\"a\":\"x\"}}", "'weight_map' twice")]
    [DataRow("MOEQ1033", "{\"weight_map\":{\"a\":\"\\ud800\"}}", "half a surrogate pair")]
    [DataRow("MOEQ1033", "{\"weight_map\":{\"a\":\"x\"}} tail", "no JSON object")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"../x.safetensors\"}}", "'../x.safetensors'")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"/etc/passwd\"}}", "'/etc/passwd'")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"..\\\\x.safetensors\"}}", "'..\\x.safetensors'")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"C:x\"}}", "'C:x'")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"..\"}}", "'..'")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"\"}}", "''")]
    [DataRow("MOEQ1034", "{\"weight_map\":{\"a\":\"x\\ny\"}}", "'x\\u000ay'")]
    [DataRow("MOEQ1035", "{\"weight_map\":{\"a\":\"x.safetensors\"}}", "'x.safetensors'")]
    [DataRow("MOEQ1019", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "git-lfs pointer")]
    public void Open_BadIndex_GivesItsCode(string code, string index, string found)
    {
        using TemporaryFolder folder = new();
        folder.Write(Index, Encoding.UTF8.GetBytes(index));

        ExpectOpen(code, folder.Path, found, Index);
    }

    [TestMethod]
    public void Open_ShardAbsent_NamesIt()
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder().Write(folder.Path, 3);
        File.Delete(folder.File(CheckpointBuilder.ShardName(1, 3)));

        ExpectOpen("MOEQ1035", folder.Path, "model-00002-of-00003.safetensors");
        File.Delete(folder.File(Index));
        ExpectOpen("MOEQ1035", folder.Path, "Shard 00002 of 00003 is absent");
        folder.Write(CheckpointBuilder.ShardName(1, 4), [1]);
        ExpectOpen("MOEQ1035", folder.Path, "of 3 and of 4 files");
    }

    [TestMethod]
    public void Open_IndexOfAnotherDownload_NamesTensorAndShard()
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder().Write(folder.Path, 2);
        string index = File.ReadAllText(folder.File(Index));
        File.WriteAllText(folder.File(Index), index.Replace(Router, "model.absent", StringComparison.Ordinal));
        ExpectOpen("MOEQ1036", folder.Path, "'model.absent'", "in no shard");

        File.WriteAllText(folder.File(Index), index.Replace($"\"{Router}\": \"model-00001", $"\"{Router}\": \"model-00002", StringComparison.Ordinal));
        ExpectOpen("MOEQ1036", folder.Path, Router, "it is in 'model-00001-of-00002.safetensors'");
    }

    [TestMethod]
    public void Open_TensorInTwoShards_NamesBoth()
    {
        using TemporaryFolder folder = new();
        CheckpointBuilder builder = TinyCheckpoint.Builder();
        builder.Write(folder.Path);
        File.Move(folder.File("model.safetensors"), folder.File(CheckpointBuilder.ShardName(0, 2)));
        File.Copy(folder.File(CheckpointBuilder.ShardName(0, 2)), folder.File(CheckpointBuilder.ShardName(1, 2)));

        ExpectOpen("MOEQ1037", folder.Path, "'model.embed_tokens.weight'", "model-00001-of-00002", "model-00002-of-00002");
    }

    [TestMethod]
    public void Open_TruncatedShard_NamesFileAndSizes()
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder().Write(folder.Path, 2);
        string shard = folder.File(CheckpointBuilder.ShardName(1, 2));
        long length = new FileInfo(shard).Length;
        using (FileStream stream = File.OpenWrite(shard))
            stream.SetLength(length - 1);

        ExpectOpen("MOEQ1017", folder.Path, shard, $"{length}", $"{length - 1}");
    }

    [TestMethod]
    public void Open_GitLfsPointerAsShard_SaysSo()
    {
        using TemporaryFolder folder = new();
        folder.Write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"u8);

        ExpectOpen("MOEQ1019", folder.Path, "git-lfs pointer", "git lfs pull");
    }

    [TestMethod]
    public void TryReadFile_GitLfsPointer_SaysSo()
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder().AddFile("tokenizer.json", "version https://git-lfs.github.com/spec/v1\n"u8).Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);

        Expect("MOEQ1019", () => checkpoint.TryReadFile("tokenizer.json", out _), "tokenizer.json");
    }

    [TestMethod]
    public void Validate_MissingTensors_NamesThem()
    {
        ExpectInvalid("MOEQ1038", TinyCheckpoint.Builder(include: t => t.Name != UpProjection), $"1 of {TinyCheckpoint.Plan.Tensors.Count} tensors is missing: '{UpProjection}'");
        ExpectInvalid("MOEQ1038", TinyCheckpoint.Builder(include: t => t.Role != TensorRole.ExpertLinear), "18 of", "'model.layers.0.mlp.experts.0.gate_proj.weight'", "and 13 more");
    }

    [TestMethod]
    public void Validate_SurplusTensor_NamesIt() =>
        ExpectInvalid("MOEQ1039", TinyCheckpoint.Builder().Add("model.layers.2.input_layernorm.weight", TensorDataType.BF16, [16]), "'model.layers.2.input_layernorm.weight'");

    [TestMethod]
    public void Validate_WrongShape_NamesBothShapes()
    {
        ExpectInvalid("MOEQ1040", TinyCheckpoint.Builder(include: t => t.Name != UpProjection).Add(UpProjection, TensorDataType.BF16, [16, 8]), UpProjection, "[16, 8]", "[8, 16]");
        ExpectInvalid("MOEQ1040", TinyCheckpoint.Builder(include: t => t.Name != Router).Add(Router, TensorDataType.BF16, [48]), Router, "[48]", "[3, 16]");
    }

    [TestMethod]
    public void Validate_UnsupportedType_NamesIt()
    {
        using TemporaryFolder folder = new();
        CheckpointBuilder builder = TinyCheckpoint.Builder(include: t => t.Name != UpProjection);
        builder.Write(folder.Path);
        File.Move(folder.File("model.safetensors"), folder.File(CheckpointBuilder.ShardName(0, 2)));
        using (SafetensorsWriter writer = new(folder.File(CheckpointBuilder.ShardName(1, 2)), [new(UpProjection, TensorDataType.F8E4M3, [8, 16])]))
        {
            writer.AppendZeros(UpProjection, 128);
            writer.Commit();
        }

        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);

        Expect("MOEQ1041", () => checkpoint.Validate(TinyCheckpoint.Plan), UpProjection, "F8_E4M3", "model-00002-of-00002");
    }

    [TestMethod]
    [DataRow(TensorDataType.BF16, 0x7F80u, 0, 0)]
    [DataRow(TensorDataType.BF16, 0xFFC0u, 7, 15)]
    [DataRow(TensorDataType.F16, 0xFC00u, 3, 4)]
    [DataRow(TensorDataType.F16, 0x7E00u, 7, 8)]
    [DataRow(TensorDataType.F32, 0x7F800001u, 5, 14)]
    public void ReadRows_NotFinite_NamesRowAndColumn(TensorDataType type, uint bits, int row, int column)
    {
        using TemporaryFolder folder = new();
        TinyCheckpoint.Builder(type).Write(folder.Path);
        string path = folder.File("model.safetensors");
        long offset;
        using (SafetensorsFile file = SafetensorsFile.Open(path))
        {
            Assert.IsTrue(file.TryGetTensor(UpProjection, out TensorEntry? tensor));
            offset = tensor.Offset + (((row * 16) + column) * type.ElementSize());
        }

        using (FileStream stream = File.OpenWrite(path))
        {
            stream.Position = offset;
            stream.Write(BitConverter.GetBytes(bits).AsSpan(0, type.ElementSize()));
        }

        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        checkpoint.Validate(TinyCheckpoint.Plan);
        PlannedTensor planned = TinyCheckpoint.Plan.Tensors.Single(t => t.Name == UpProjection);

        Expect("MOEQ1042", () => checkpoint.ReadRows(planned, 0, 8, new float[128]), UpProjection, $"row {row}, column {column}.");
        Expect("MOEQ1042", () => checkpoint.ReadRows(planned, row, 1, new float[16]), UpProjection, $"row {row}, column {column}.");
    }

    private static void ExpectInvalid(string code, CheckpointBuilder builder, params string[] found)
    {
        using TemporaryFolder folder = new();
        builder.Write(folder.Path);
        using CheckpointFolder checkpoint = CheckpointFolder.Open(folder.Path);
        Expect(code, () => checkpoint.Validate(TinyCheckpoint.Plan), found);
    }

    private static void ExpectOpen(string code, string path, params string[] found) => Expect(code, () => CheckpointFolder.Open(path).Dispose(), found);

    private static void Expect(string code, Action action, params string[] found)
    {
        MoEQuantException failure = Assert.ThrowsExactly<MoEQuantException>(action);
        Assert.AreEqual(code, failure.Code, failure.Message);
        foreach (string text in found)
            Assert.Contains(text, failure.Message);
    }
}
