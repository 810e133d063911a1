using System.Text.Json;
using MoEQuant.Quantizer.Cli;
using MoEQuant.Quantizer.Tests.Pipeline;
using MoEQuant.TestSupport.Processes;

namespace MoEQuant.Quantizer.Tests.Cli;

/// <summary><c>quantize --part</c> and <c>merge</c>.</summary>
[TestClass]
public sealed class MergeCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MergeCommandTests()
    {
        SmallCheckpoint.Write(Directory.CreateDirectory(_folder.File("model")).FullName, deviation: 0.3);
        Directory.CreateDirectory(_folder.File("out"));
    }

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void PartAndMerge_Json_AreDocumentsWithTheDocumentedFields()
    {
        CommandRun part = Part(1, 2, "--json");
        Assert.AreEqual((0, ""), (part.ExitCode, part.Error));
        JsonElement json = part.Json;
        Assert.AreEqual((1, 2, new FileInfo(PartPath(1)).Length), (json.GetProperty("part").GetInt32(), json.GetProperty("parts").GetInt32(), json.GetProperty("bytes").GetInt64()));
        Assert.AreEqual("fingerprint", json.GetProperty("phases")[0].GetProperty("name").GetString());
        Assert.IsTrue(json.GetProperty("phases").EnumerateArray().All(phase => phase.GetProperty("seconds").GetDouble() >= 0));
        Assert.IsGreaterThan(0, json.GetProperty("peakMemoryBytes").GetInt64());
        string[] first = Pieces(json), second = Pieces(Part(2, 2, "--json").Json);
        CollectionAssert.AreEquivalent(new[] { "embedding", "layer 1", "layer 2", "tail" }, first.Concat(second).ToArray());

        Quantize("whole.moeq");
        CommandRun merge = Merge("--json");
        Assert.AreEqual((0, ""), (merge.ExitCode, merge.Error));
        JsonElement whole = Quantize("whole.moeq", "--json").Json;
        Assert.AreEqual(_folder.File("out/merged.moeq"), merge.Json.GetProperty("file").GetString());
        foreach (JsonProperty property in whole.EnumerateObject().Where(property => property.Name != "file"))
            Assert.AreEqual(property.Value.GetRawText(), merge.Json.GetProperty(property.Name).GetRawText(), property.Name);
    }

    [TestMethod]
    public void PartAndMerge_ForPeople_SayWhatWasMade()
    {
        Assert.MatchesRegex(@"(?m)^model: part 1/2 \(.*layer \d.*\), W3A16, \d+ kB: .*part1\.part$", Part(1, 2).Output);
        Part(2, 2);
        CommandRun merge = Merge();
        Assert.AreEqual((0, ""), (merge.ExitCode, merge.Error));
        Assert.Contains("expertLinear     24", merge.Output);
        Assert.Contains("model: 733 kB -> 7", merge.Output);
    }

    [TestMethod]
    public void Merge_EvaluateAndReport_DoWhatOneRunDoes()
    {
        File.WriteAllText(_folder.File("t.txt"), string.Concat(Enumerable.Repeat("It was a dark and stormy night. ", 40)));
        string[] evaluate = ["--evaluate", _folder.File("t.txt"), "--evaluate-windows", "1", "--max-kl-divergence", "10"];
        Assert.AreEqual(0, Quantize("whole.moeq", [.. evaluate, "--report", _folder.File("whole.html")]).ExitCode);
        Part(1, 2);
        Part(2, 2);
        CommandRun merge = Merge([.. evaluate, "--reference", _folder.File("model"), "--report", _folder.File("merged.html")]);
        Assert.AreEqual((0, ""), (merge.ExitCode, merge.Error));
        CollectionAssert.AreEqual(File.ReadAllBytes(_folder.File("whole.moeq")), File.ReadAllBytes(_folder.File("out/merged.moeq")));
        JsonElement whole = Report("whole.json"), merged = Report("merged.json");
        foreach (string field in (string[])["size", "options", "evaluation", "gates", "error", "layers", "matrices"])
            Assert.AreEqual(whole.GetProperty(field).GetRawText(), merged.GetProperty(field).GetRawText(), field);

        merge = Merge([.. evaluate[..^1], "1e-9", "--reference", _folder.File("model")]);
        Assert.AreEqual(ExitCode.Failure, merge.ExitCode);
        Assert.Contains("MOEQ3031", merge.Error);
        CollectionAssert.AreEqual(File.ReadAllBytes(_folder.File("whole.moeq")), File.ReadAllBytes(_folder.File("out/merged.moeq")), "the earlier file");
    }

    [TestMethod]
    public void Part_OptionsForTheWholeModel_AreRefused()
    {
        CommandRun run = Part(1, 2, "--report", _folder.File("r.html"), "--max-kl-divergence", "1");
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2045: --max-kl-divergence, --report and --part are given together. Give it to 'moequant merge', or use 'moequant eval --reference'", run.Error);
        run = Part(1, 9);
        Assert.AreEqual(ExitCode.Failure, run.ExitCode);
        Assert.Contains("MOEQ3085", run.Error);
        Assert.Contains("MOEQ3086", Part(1, 2, "--calibration", "self").Error);
        Assert.IsEmpty(Directory.GetFiles(_folder.Path));
    }

    [TestMethod]
    public void Merge_BadOptions_AreCoded()
    {
        File.WriteAllText(PartPath(1), "garbage");
        File.WriteAllText(_folder.File("t.txt"), "text");
        CommandRun run = CommandRun.Execute("merge", PartPath(1), "--output", PartPath(1));
        Assert.AreEqual(ExitCode.Usage, run.ExitCode);
        Assert.Contains("MOEQ2010", run.Error);
        Assert.AreEqual("garbage", File.ReadAllText(PartPath(1)));
        Assert.Contains("MOEQ2049", CommandRun.Execute("merge", PartPath(1), "--output", "o", "--evaluate", _folder.File("t.txt")).Error);
        Assert.Contains("MOEQ2023", CommandRun.Execute("merge", PartPath(1), "--output", "o", "--evaluate", _folder.File("t.txt"), "--reference", "nowhere").Error);
        run = CommandRun.Execute("merge", PartPath(1), "--output", _folder.File("out/merged.moeq"), "--log", "msbuild");
        Assert.AreEqual((ExitCode.Failure, ""), (run.ExitCode, run.Error));
        Assert.StartsWith($"{PartPath(1)} : error MOEQ3088: ", run.Output);
    }

    [TestMethod]
    public void PartAndMerge_FolderMissing_AreCodedAndLeaveNothing()
    {
        Part(1, 1);
        Assert.Contains("MOEQ5020", CommandRun.Execute("merge", PartPath(1), "--output", _folder.File("absent/m.moeq")).Error);
        Assert.Contains("MOEQ5020", CommandRun.Execute("quantize", _folder.File("model"), "--part", "1/1", "--output", _folder.File("absent/1.part")).Error);
        Assert.IsFalse(Directory.Exists(_folder.File("absent")));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void PartAndMerge_NoRoomForTheFile_AreCodedAndLeaveNothing()
    {
        Part(1, 1);
        foreach (string command in (string[])[$"merge {PartPath(1)}", $"quantize {_folder.File("model")} --part 1/1"])
        {
            // A process may write 64 kB per file; the runtime's own files in memory count too unless told otherwise.
            string script = $"trap '' XFSZ; ulimit -f 64; exec '{ChildProcess.DotNetHost}' '{typeof(Tool).Assembly.Location}' {command} --output {_folder.File("out/small")}";
            ProcessResult result = ChildProcess.Run("bash", ["-c", script], _folder.Path, new Dictionary<string, string?> { ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" }, TimeSpan.FromMinutes(5));
            Assert.Contains("error MOEQ5023: ", result.Output);
            Assert.AreEqual(ExitCode.Failure, result.ExitCode);
            Assert.IsEmpty(Directory.GetFiles(_folder.File("out")));
        }
    }

    private static string[] Pieces(JsonElement json) => [.. json.GetProperty("pieces").EnumerateArray().Select(piece => piece.GetString()!)];

    private JsonElement Report(string name) => JsonDocument.Parse(File.ReadAllBytes(_folder.File(name))).RootElement;

    private string PartPath(int number) => _folder.File($"part{number}.part");

    private CommandRun Quantize(string output, params string[] more) => CommandRun.Execute(["quantize", _folder.File("model"), "--output", _folder.File(output), "--dense-rank", "2", "--sparse-rank", "0", .. more]);

    private CommandRun Part(int number, int count, params string[] more) => Quantize($"part{number}.part", ["--part", $"{number}/{count}", .. more]);

    private CommandRun Merge(params string[] more) => CommandRun.Execute(["merge", PartPath(2), PartPath(1), "--output", _folder.File("out/merged.moeq"), .. more]);
}
