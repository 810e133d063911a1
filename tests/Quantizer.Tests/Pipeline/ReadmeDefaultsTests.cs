using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>README.md names the defaults; they are the engine's.</summary>
[TestClass]
public sealed class ReadmeDefaultsTests
{
    [TestMethod]
    public void MetadataTable_Defaults_AreThoseOfTheEngine()
    {
        var options = new QuantizationOptions { Name = "x" };
        string[] rows = [.. File.ReadAllLines(Path.Combine(RepositoryPaths.Root, "README.md")).Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        AssertDefault(rows, "Scheme", $"`{options.Scheme}`");
        AssertDefault(rows, "GroupSize", $"{options.GroupSize}");
        AssertDefault(rows, "DenseRank", $"{options.DenseRank}");
        AssertDefault(rows, "SparseRank", $"{options.SparseRank}");
        AssertDefault(rows, "CompensatorBits", $"{options.CompensatorBits}");
    }

    private static void AssertDefault(string[] rows, string name, string expected)
    {
        string row = rows.Single(line => line.StartsWith($"| `{name}` |", StringComparison.Ordinal));
        Assert.AreEqual(expected, row.Split('|')[^2].Trim(), row);
    }
}
