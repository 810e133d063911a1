using System.Text.Json;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting;

namespace MoEQuant.Quantizer.Tests.Reporting;

[TestClass]
public sealed class ReportJsonTests
{
    /// <summary>Programs read this file: a change here is a change for them.</summary>
    private const string Fields = """
        schema tool name scheme refusals[] size.sourceBytes size.packedBytes size.ratio size.weights size.bitsPerWeight size.linearBitsPerWeight
        size.classes[].role size.classes[].tensors size.classes[].weights size.classes[].bits size.classes[].rank size.classes[].bytes size.classes[].compensatorBytes size.classes[].bitsPerWeight
        evaluation.perplexity evaluation.negativeLogLikelihood evaluation.tokens evaluation.windows evaluation.context evaluation.referencePerplexity evaluation.perplexityIncrease
        evaluation.meanKlDivergence evaluation.p99KlDivergence evaluation.top1Agreement evaluation.meanRouterAgreement evaluation.minRouterAgreement evaluation.routerAgreement[] evaluation.routerLayers[]
        gates.maxPerplexityIncrease gates.maxKlDivergence gates.minRouterAgreement error.relativeError error.plainRelativeError
        layers[].layer layers[].relativeError layers[].routerAgreement layers[].experts[].expert layers[].experts[].routedTokens layers[].experts[].usedTokens layers[].experts[].fallback
        matrices[].name matrices[].kind matrices[].layer matrices[].expert matrices[].rows matrices[].columns matrices[].bits matrices[].groupSize matrices[].symmetric matrices[].rank
        matrices[].requestedRank matrices[].bytes matrices[].compensatorBytes matrices[].relativeError matrices[].relativeOutputError
        time.phases[].name time.phases[].seconds time.layers[] time.peakMemoryBytes
        """;

    private readonly ModelReport _report = SampleReport.Create(2, 3, gates: new(0.5, 0.001, null));

    [TestMethod]
    public void Write_Fields_AreTheDocumentedOnes()
    {
        string[] found = [.. Paths("", Write(_report)).Where(path => !path.StartsWith("options.", StringComparison.Ordinal)).Distinct()];
        Assert.AreEqual(string.Join('\n', Fields.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries)), string.Join('\n', found));
        Assert.AreEqual("moequant-report/1", Write(_report).GetProperty("schema").GetString());
    }

    [TestMethod]
    public void Write_Matrices_AreThoseOfTheStatistics()
    {
        JsonElement json = Write(_report);
        TensorStatistics[] expected = [.. _report.Result.Statistics.Matrices];
        JsonElement[] found = [.. json.GetProperty("matrices").EnumerateArray()];
        Assert.HasCount(expected.Length, found);
        for (int i = 0; i < found.Length; i++)
        {
            Assert.AreEqual(expected[i].Name, found[i].GetProperty("name").GetString());
            Assert.AreEqual(expected[i].RelativeError, found[i].GetProperty("relativeError").GetDouble());
            Assert.AreEqual(expected[i].RelativeOutputError, found[i].GetProperty("relativeOutputError").GetDouble());
            Assert.AreEqual((expected[i].Bytes, expected[i].Rank), (found[i].GetProperty("bytes").GetInt64(), found[i].GetProperty("rank").GetInt32()));
        }

        Assert.AreEqual(1, json.GetProperty("refusals").GetArrayLength());
        Assert.AreEqual("none", json.GetProperty("layers")[0].GetProperty("experts")[0].GetProperty("fallback").GetString());
        Assert.AreEqual("Sample", json.GetProperty("options").GetProperty("name").GetString());
    }

    [TestMethod]
    public void Write_NothingMeasured_IsNull()
    {
        JsonElement json = Write(SampleReport.Create(1, 2, evaluated: false, calibrated: false));
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("evaluation").ValueKind);
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("gates").ValueKind);
        Assert.AreEqual(JsonValueKind.Null, json.GetProperty("matrices")[0].GetProperty("relativeOutputError").ValueKind);
    }

    private static IEnumerable<string> Paths(string prefix, JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Paths(prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}", property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Paths(prefix + "[]", item)),
        _ => [prefix],
    };

    private static JsonElement Write(ModelReport report)
    {
        using TemporaryFolder folder = new();
        ReportFiles.Write(report, folder.File("r.report.html"));
        CollectionAssert.AreEquivalent(new[] { folder.File("r.report.html"), folder.File("r.report.json") }, Directory.GetFiles(folder.Path));
        return JsonDocument.Parse(File.ReadAllBytes(folder.File("r.report.json"))).RootElement;
    }
}
