using MoEQuant.Format;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Tests.Cli;

namespace MoEQuant.Quantizer.Tests.Pipeline;

/// <summary>Schemes with quantized activations: what the file's records say.</summary>
[TestClass]
public sealed class ActivationSchemeTests
{
    [TestMethod]
    [DataRow("W3A16", "", 3, 0, 0, 0)]
    [DataRow("W3A8", "", 3, 8, 64, 100)]
    [DataRow("W4A8", "--activation-group 0 --activation-clip 99", 4, 8, 0, 99)]
    [DataRow("W4A4", "", 4, 4, 64, 100)]
    [DataRow("W4A4", "--activation-group 0", 4, 4, 0, 90)]
    [DataRow("W3A4", "--activation-group 32 --group-size 128 --activation-clip 95", 3, 4, 128, 95)]
    public void Quantize_Scheme_StandsInTheRecordsOfTheLayersMatricesAlone(string scheme, string options, int weightBits, int bits, int groupSize, int clip)
    {
        using TemporaryFolder folder = new();
        SmallCheckpoint.Write(folder.Path);
        string output = folder.File("small.moeq");
        CommandRun run = CommandRun.Execute([
            "quantize", folder.Path, "--output", output, "--scheme", scheme, "--dense-rank", "2", "--sparse-rank", "0", "--rounding", "nearest",
            .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));

        using PackedModelFile file = PackedModelFile.Open(output);
        Assert.AreEqual(scheme, file.Info.Scheme);
        foreach (string name in file.MatrixNames)
        {
            Assert.IsTrue(file.TryGetMatrix(name, out PackedMatrixRecord record, out _));
            bool layer = name.StartsWith("model.layers.", StringComparison.Ordinal);
            Assert.AreEqual(layer ? new PackedActivations(bits, groupSize, clip) : default, record.Activations, name);
            Assert.AreEqual(layer ? weightBits : 8, record.Bits, name);
        }
    }

    [TestMethod]
    public void Supported_Names_AreTheDocumentedOnes()
    {
        Assert.AreEqual("W3A16, W4A16, W3A8, W4A8, W4A4, W3A4", QuantizationScheme.Names);
        string readme = File.ReadAllText(Path.Combine(RepositoryPaths.Root, "README.md"));
        foreach (QuantizationScheme scheme in QuantizationScheme.Supported)
            Assert.Contains($"`{scheme}`", readme);
    }
}
