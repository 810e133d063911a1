using MoEQuant.Format;
using MoEQuant.Format.Diagnostics;
using MoEQuant.Quantizer.Checkpoints;
using MoEQuant.Runtime.Model.Config;
using MoEQuant.Runtime.Model.Plan;
using MoEQuant.Runtime.Weights;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Quantizer.Tests.Checkpoints;

[TestClass]
public sealed class CheckpointFolderTests
{
    [TestMethod]
    [DataRow(TensorDataType.BF16, 1)]
    [DataRow(TensorDataType.F16, 1)]
    [DataRow(TensorDataType.F32, 1)]
    [DataRow(TensorDataType.BF16, 3)]
    [DataRow(TensorDataType.F32, 5)]
    public void ReadRows_EveryTensor_GivesTheBuildersValues(TensorDataType type, int shards)
    {
        using TemporaryFolder temporary = new();
        CheckpointBuilder builder = TinyCheckpoint.Builder(type);
        builder.Write(temporary.Path, shards);

        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);
        folder.Validate(TinyCheckpoint.Plan);

        Assert.HasCount(shards, folder.WeightPaths);
        foreach (PlannedTensor tensor in TinyCheckpoint.Plan.Tensors)
        {
            float[] values = new float[tensor.ElementCount];
            folder.ReadRows(tensor, 0, tensor.IsVector ? 1 : tensor.Rows, values);
            CollectionAssert.AreEqual(builder.Values(tensor.Name), values, tensor.Name);
        }
    }

    [TestMethod]
    [DataRow(TensorDataType.BF16)]
    [DataRow(TensorDataType.F16)]
    [DataRow(TensorDataType.F32)]
    public void GetLinear_AndVector_GiveTheBuildersValues(TensorDataType type)
    {
        using TemporaryFolder temporary = new();
        CheckpointBuilder builder = TinyCheckpoint.Builder(type);
        builder.Write(temporary.Path, 2);
        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);

        foreach (PlannedTensor tensor in TinyCheckpoint.Plan.Tensors)
        {
            float[] expected = builder.Values(tensor.Name);
            if (tensor.IsVector)
            {
                CollectionAssert.AreEqual(expected, folder.GetVector(tensor), tensor.Name);
                continue;
            }

            LinearWeights weights = folder.GetLinear(tensor);
            float[] row = new float[tensor.Columns];
            for (int i = 0; i < tensor.Rows; i++)
            {
                weights.ReadRow(i, row);
                CollectionAssert.AreEqual(expected[(i * tensor.Columns)..((i + 1) * tensor.Columns)], row, tensor.Name);
            }
        }

        PlannedTensor head = TinyCheckpoint.Plan.Head!;
        Assert.AreEqual("MOEQ1040", Assert.ThrowsExactly<MoEQuantException>(() => folder.GetLinear(head with { Columns = 15 })).Code);
        Assert.AreEqual("MOEQ1038", Assert.ThrowsExactly<MoEQuantException>(() => folder.GetLinear(head with { Name = "absent" })).Code);
    }

    [TestMethod]
    public void ReadRows_RowRange_GivesThoseRows()
    {
        using TemporaryFolder temporary = new();
        CheckpointBuilder builder = TinyCheckpoint.Builder();
        builder.Write(temporary.Path);
        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);
        PlannedTensor embedding = TinyCheckpoint.Plan.Embedding;

        float[] rows = new float[2 * embedding.Columns];
        folder.ReadRows(embedding, 5, 2, rows);

        CollectionAssert.AreEqual(builder.Values(embedding.Name)[(5 * embedding.Columns)..(7 * embedding.Columns)], rows);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => folder.ReadRows(embedding, embedding.Rows - 1, 2, rows));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => folder.ReadRows(embedding, -1, 2, rows));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => folder.ReadRows(embedding, 0, 1, rows));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => folder.ReadRows(embedding, int.MaxValue, 1, rows.AsSpan(0, embedding.Columns)));
    }

    [TestMethod]
    public void Open_ShardsWithoutIndex_AreAccepted()
    {
        using TemporaryFolder temporary = new();
        TinyCheckpoint.Builder().Write(temporary.Path, 3);
        File.Delete(temporary.File("model.safetensors.index.json"));

        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);

        folder.Validate(TinyCheckpoint.Plan);
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }.Select(i => temporary.File(CheckpointBuilder.ShardName(i, 3))).ToArray(), folder.WeightPaths.ToArray());
    }

    [TestMethod]
    public void Open_SingleFileBesideAStaleIndex_UsesTheSingleFile()
    {
        using TemporaryFolder temporary = new();
        TinyCheckpoint.Builder().Write(temporary.Path);
        CheckpointBuilder.WriteIndex(temporary.Path, 1, new Dictionary<string, string> { ["a"] = "model-00001-of-00002.safetensors" });
        temporary.Write("adapter_model.safetensors", [1]);

        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);

        CollectionAssert.AreEqual(new[] { temporary.File("model.safetensors") }, folder.WeightPaths.ToArray());
        folder.Validate(TinyCheckpoint.Plan);
    }

    [TestMethod]
    public void Validate_RotaryBuffers_AreTolerated()
    {
        using TemporaryFolder temporary = new();
        TinyCheckpoint.Builder().Add("model.layers.0.self_attn.rotary_emb.inv_freq", TensorDataType.F32, [4]).Write(temporary.Path);

        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);

        folder.Validate(TinyCheckpoint.Plan);
        Assert.IsTrue(folder.TryGetTensor("model.layers.0.self_attn.rotary_emb.inv_freq", out _));
    }

    [TestMethod]
    public void ReadRows_TensorBeyondTwoGibibytes_ReachesItsEnd()
    {
        using TemporaryFolder temporary = new();
        const int rows = 1_200_000;
        const int columns = 1024;
        TensorDeclaration big = new("big", TensorDataType.BF16, [rows, columns]);
        using (SafetensorsWriter writer = new(temporary.File("model.safetensors"), [big, new("after", TensorDataType.F32, [2])]))
        {
            writer.AppendZeros("big", big.Length - 2);
            writer.Append("big", [0x40, 0x40]);
            writer.Append("after", [0, 0, 0xC0, 0x3F, 0, 0, 0, 0xC0]);
            writer.Commit();
        }

        using CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);
        float[] last = new float[columns];
        folder.ReadRows(new PlannedTensor("big", rows, columns, TensorRole.Embedding), rows - 1, 1, last);
        float[] after = new float[2];
        folder.ReadRows(new PlannedTensor("after", 2, 0, TensorRole.Norm), 0, 1, after);

        Assert.IsGreaterThan(1L << 31, big.Length);
        Assert.AreEqual(3f, last[^1]);
        Assert.AreEqual(0f, last[^2]);
        CollectionAssert.AreEqual(new[] { 1.5f, -2f }, after);
    }

    [TestMethod]
    public void ReadRows_AfterDispose_ThrowsObjectDisposed()
    {
        using TemporaryFolder temporary = new();
        TinyCheckpoint.Builder().Write(temporary.Path);
        CheckpointFolder folder = CheckpointFolder.Open(temporary.Path);
        folder.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => folder.ReadRows(TinyCheckpoint.Plan.FinalNorm, 0, 1, new float[16]));
    }

    [TestMethod]
    public void Validate_SampleCheckpoint_IsComplete()
    {
        using CheckpointFolder folder = CheckpointFolder.Open(RepositoryPaths.SampleCheckpoint);
        TensorPlan plan = TensorPlan.For(ModelConfig.Parse(folder.ReadConfig(), folder.FilePath("config.json")));

        folder.Validate(plan);

        Assert.HasCount(plan.Tensors.Count, folder.Tensors);
        Assert.IsTrue(folder.TryReadFile("tokenizer.json", out byte[]? tokenizer));
        Assert.AreEqual((byte)'{', tokenizer[0]);
        Assert.IsFalse(folder.TryReadFile("absent.json", out _));
    }

    [TestMethod]
    [DataRow("tiny-mixtral")]
    [DataRow("tiny-deepseek-moe")]
    public void Validate_SharedCheckpoint_IsComplete(string name)
    {
        using CheckpointFolder folder = CheckpointFolder.Open(SharedModels.Require(name));
        TensorPlan plan = TensorPlan.For(ModelConfig.Parse(folder.ReadConfig()));

        folder.Validate(plan);

        Assert.HasCount(plan.Tensors.Count, folder.Tensors);
    }
}
