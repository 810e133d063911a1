using System.Runtime.InteropServices;

namespace MoEQuant.Format.Tests;

[TestClass]
public sealed class PackedModelFileTests
{
    [TestMethod]
    public void Open_WrittenModel_GivesBackEverything()
    {
        using TemporaryFolder folder = new();
        string path = folder.File("tiny.moeq");
        PackedModels.Write(path);

        using PackedModelFile file = PackedModelFile.Open(path);

        Assert.AreEqual(new PackedModelInfo("tiny", "W3A16", "0.1.0", "[0.1.0,0.2.0)", new Version(1, 0), file.Info.PayloadSha256, PackedModels.Record), file.Info);
        CollectionAssert.AreEqual(new[] { "config.json", "tokenizer.json" }, file.FileNames.ToArray());
        Assert.IsTrue(file.TryGetFile("config.json", out ReadOnlySpan<byte> config));
        CollectionAssert.AreEqual(PackedModels.Config, config.ToArray());
        Assert.IsFalse(file.TryGetFile("absent.json", out _));
        Assert.IsTrue(file.TryGetVector(PackedModels.VectorName, out TensorEntry? norm));
        CollectionAssert.AreEqual(PackedModels.Norm, MemoryMarshal.Cast<byte, float>(file.Container.Region.Span(norm.Offset, (int)norm.Length)).ToArray());
        Assert.IsTrue(file.TryGetMatrix(PackedModels.MatrixName, out PackedMatrixRecord record, out TensorEntry? tensor));
        Assert.AreEqual(PackedModels.First with { TensorOrdinal = record.TensorOrdinal }, record);
        CollectionAssert.AreEqual(PackedModels.Pattern(256, 2), file.Container.Region.Span(tensor.Offset, 256).ToArray());
        CollectionAssert.AreEqual(PackedModels.Pattern(68, 3), file.Container.Region.Span(tensor.Offset + record.InputFactorOffset, 68).ToArray());
        CollectionAssert.AreEqual(PackedModels.Pattern(36, 4), file.Container.Region.Span(tensor.Offset + record.OutputFactorOffset, 36).ToArray());
        Assert.IsTrue(file.TryGetMatrix(PackedModels.SecondMatrixName, out PackedMatrixRecord second, out _));
        Assert.AreEqual(PackedModels.Second with { TensorOrdinal = second.TensorOrdinal }, second);
        Assert.IsFalse(file.TryGetMatrix(PackedModels.VectorName, out _, out _));
        Assert.IsFalse(file.TryGetVector(PackedModels.MatrixName, out _));
        file.VerifyPayload(CancellationToken.None);
    }
}
