using System.Text.Json;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary><c>quantize --calibration</c>.</summary>
[TestClass]
public sealed class QuantizeCalibrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [TestInitialize]
    public void Write()
    {
        Directory.CreateDirectory(_folder.File("original"));
        SmallCheckpoint.Write(_folder.File("original"));
        File.WriteAllText(_folder.File("t.txt"), string.Concat(Enumerable.Range(0, 90).Select(i => $"It was night number {i}, dark and stormy. ")));
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Quantize_Calibrated_ReportsTokensOutputErrorsAndShortage()
    {
        CommandRun run = Quantize("--calibration", _folder.File("t.txt"), "--min-expert-tokens", "100000", "--report", _folder.File("r.html"), "--log", "msbuild");
        Assert.AreEqual((0, ""), (run.ExitCode, run.Error));
        Assert.MatchesRegex(@"(?m)^moequant : warning MOEQ3054: ", run.Output);
        JsonElement data = JsonDocument.Parse(File.ReadAllBytes(_folder.File("r.json"))).RootElement;
        JsonElement layer = data.GetProperty("layers")[0];
        // One sequence of 100 tokens, two of four experts each.
        Assert.AreEqual(200, layer.GetProperty("experts").EnumerateArray().Sum(expert => expert.GetProperty("routedTokens").GetInt64()));
        Assert.IsGreaterThan(0, data.GetProperty("matrices").EnumerateArray().First(matrix => matrix.GetProperty("layer").GetInt32() == 0).GetProperty("relativeOutputError").GetDouble());
        Assert.AreEqual("files", data.GetProperty("options").GetProperty("calibration").GetProperty("source").GetString());
        string page = File.ReadAllText(_folder.File("r.html"));
        Assert.Contains("Experts in calibration", page);
        Assert.Contains("over the inputs that calibration saw", page);
    }

    [TestMethod]
    public void Quantize_ShortageFails_NamesTheExperts()
    {
        CommandRun run = Quantize("--calibration", _folder.File("t.txt"), "--min-expert-tokens", "100000", "--expert-shortage", "fail");
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ3054", run.Error);
        Assert.IsFalse(File.Exists(_folder.File("m.moeq")));
    }

    [TestMethod]
    public void Quantize_CalibratedWithoutLayout_ChoosesBitsWithinTheBytesOfPlainGroups()
    {
        CommandRun plain = Quantize("--calibration", _folder.File("t.txt"), "--json");
        CommandRun chosen = CommandRun.Execute("quantize", _folder.File("original"), "--output", _folder.File("c.moeq"), "--calibration", _folder.File("t.txt"), "--calibration-tokens", "100", "--json");
        Assert.AreEqual((0, 0), (plain.ExitCode, chosen.ExitCode), chosen.Error);
        Assert.IsLessThanOrEqualTo(plain.Json.GetProperty("linearBitsPerWeight").GetDouble(), chosen.Json.GetProperty("linearBitsPerWeight").GetDouble());
        string record = CommandRun.Execute("inspect", _folder.File("c.moeq"), "--json").Output;
        Assert.Contains("budget", record);
    }

    private CommandRun Quantize(params string[] more) => CommandRun.Execute(
        ["quantize", _folder.File("original"), "--output", _folder.File("m.moeq"), "--dense-rank", "0", "--sparse-rank", "0", "--calibration-tokens", "100", .. more]);
}
