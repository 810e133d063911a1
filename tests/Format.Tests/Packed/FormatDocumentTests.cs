using System.Globalization;

namespace MoEQuant.Format.Tests;

/// <summary>docs/format.md says what the code does.</summary>
[TestClass]
public sealed class FormatDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "docs", "format.md"));

    [TestMethod]
    public void Record_OfTheExample_HasTheDocumentedBytes()
    {
        byte[] documented = [.. Document.Split("```")
            .Select(part => part.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            .Single(words => words.Length == PackedMatrixRecord.Size && words.All(word => word.Length == 2))
            .Select(word => byte.Parse(word, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];

        PackedMatrixRecord record = PackedMatrixRecord.ReadFrom(documented);

        Assert.AreEqual(new PackedMatrixRecord(9, 1024, 2048, 3, 8, 64, false, 1, 16, 64 * 32 * 448, 16 * 32 * 66, 16 * 16 * 66), record);
        byte[] written = new byte[PackedMatrixRecord.Size];
        record.WriteTo(written);
        CollectionAssert.AreEqual(documented, written);
        Assert.AreEqual(968_192, record.TotalBytes);
    }

    [TestMethod]
    public void MetadataAndTensorNames_AllAreDocumented()
    {
        using TemporaryFolder folder = new();
        PackedModels.Write(folder.File("x.moeq"));
        using PackedModelFile file = PackedModelFile.Open(folder.File("x.moeq"));

        foreach (string key in file.Container.Metadata.Keys)
            Assert.Contains($"| `{key}` |", Document);
        foreach (string name in (string[])[PackedFormat.TableName, PackedFormat.FilePrefix + "NAME", PackedFormat.PaddingPrefix + "N"])
            Assert.Contains($"| `{name}` |", Document);
        Assert.Contains($"version {PackedFormat.Version}", Document);
    }
}
