using System.Collections.Immutable;
using MoEQuant.TestSupport.Checkpoints;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class SafetensorsWriterTests
{
    private static readonly ImmutableArray<TensorDeclaration> Declared =
    [
        new("a", TensorDataType.F32, [2, 3]),
        new("empty", TensorDataType.BF16, [0, 4]),
        new("scalar", TensorDataType.I64, []),
        new("ü \"quoted\"", TensorDataType.U8, [5]),
    ];

    [TestMethod]
    public void Commit_PiecewiseTensors_ReadsBackEqual()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("x.safetensors");
        byte[] bytes = [.. Enumerable.Range(0, 37).Select(i => (byte)(i * 7))];
        using (SafetensorsWriter writer = new(path, Declared, new Dictionary<string, string> { ["k"] = "v" }))
        {
            writer.Append("a", bytes.AsSpan(0, 10));
            writer.Append("a", bytes.AsSpan(10, 14));
            writer.Append("scalar", bytes.AsSpan(24, 8));
            writer.Append("ü \"quoted\"", bytes.AsSpan(32, 5));
            writer.Commit();
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);

        CollectionAssert.AreEqual(Declared.Select(t => t.Name).ToArray(), file.Tensors.Select(t => t.Name).ToArray());
        CollectionAssert.AreEqual(Declared.Select(t => t.Type).ToArray(), file.Tensors.Select(t => t.Type).ToArray());
        for (int i = 0; i < Declared.Length; i++)
            Assert.IsTrue(Declared[i].Shape.SequenceEqual(file.Tensors[i].Shape), file.Tensors[i].ShapeText);
        CollectionAssert.AreEqual(bytes, file.Region.Span(file.DataOffset, 37).ToArray());
        Assert.AreEqual("v", file.Metadata["k"]);
        Assert.AreEqual(0, file.DataOffset % 64);
        Assert.IsTrue(file.TryGetTensor("scalar", out TensorEntry? scalar));
        Assert.AreEqual(1, scalar.ElementCount);
        Assert.IsFalse(file.TryGetTensor("absent", out _));
        CollectionAssert.AreEqual(new[] { path }, Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void Append_OutOfOrderOrTooMuch_Throws()
    {
        using TemporaryFolder folder = new();
        using SafetensorsWriter writer = new(folder.File("x.safetensors"), Declared);

        Assert.ThrowsExactly<InvalidOperationException>(() => writer.Append("scalar", new byte[8]));
        Assert.ThrowsExactly<InvalidOperationException>(() => writer.Append("a", new byte[25]));
        writer.Append("a", new byte[23]);
        Assert.ThrowsExactly<InvalidOperationException>(writer.Commit);
    }

    [TestMethod]
    public void Constructor_ImpossibleDeclarations_Throws()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("x.safetensors");
        TensorDeclaration a = new("a", TensorDataType.F32, [2]);

        Assert.ThrowsExactly<ArgumentException>(() => new SafetensorsWriter(path, [a, a]));
        Assert.ThrowsExactly<ArgumentException>(() => new SafetensorsWriter(path, [a with { Name = "__metadata__" }]));
        Assert.ThrowsExactly<ArgumentException>(() => new SafetensorsWriter(path, [a with { Shape = [-1] }]));
        Assert.ThrowsExactly<OverflowException>(() => new SafetensorsWriter(path, [a with { Shape = [long.MaxValue] }]));
        Assert.IsEmpty(Directory.GetFiles(folder.Path));
    }

    [TestMethod]
    public void CheckpointBuilder_SameSeed_SameBytesWhateverTheOrder()
    {
        using TemporaryFolder one = new();
        using TemporaryFolder two = new();
        new CheckpointBuilder(7).Add("a", TensorDataType.BF16, [3, 4]).Add("b", TensorDataType.F16, [5]).Write(one.Path);
        CheckpointBuilder builder = new CheckpointBuilder(7).Add("b", TensorDataType.F16, [5]).Add("a", TensorDataType.BF16, [3, 4]);
        builder.Write(two.Path, shardCount: 2);

        using SafetensorsFile whole = SafetensorsFile.Open(one.File("model.safetensors"));
        using SafetensorsFile shard = SafetensorsFile.Open(two.File("model-00002-of-00002.safetensors"));

        Assert.IsTrue(whole.TryGetTensor("a", out TensorEntry? a));
        CollectionAssert.AreEqual(whole.Region.Span(a.Offset, 24).ToArray(), shard.Region.Span(shard.Tensors[0].Offset, 24).ToArray());
        Assert.IsGreaterThan(6, builder.Values("a").Distinct().Count());
        CollectionAssert.AreNotEqual(builder.Values("a"), new CheckpointBuilder(8).Add("a", TensorDataType.BF16, [3, 4]).Values("a"));
    }
}
