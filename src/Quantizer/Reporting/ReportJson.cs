using System.Text.Json;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Reporting;

/// <summary>The report's data. Fields are added, never renamed or removed, within a schema number.</summary>
internal static class ReportJson
{
    /// <summary>The value of <c>schema</c>.</summary>
    public const string Schema = "moequant-report/1";

    /// <summary>
    /// Fields: schema, tool, name, scheme, refusals[], size[sourceBytes, packedBytes, ratio, weights, bitsPerWeight, linearBitsPerWeight, classes[]], options, evaluation and gates (null when there was
    /// none), error[relativeError, plainRelativeError], layers[layer, relativeError, routerAgreement, experts[expert, routedTokens, usedTokens, fallback]], matrices[name, kind, layer, expert, rows, columns,
    /// bits, groupSize, symmetric, rank, requestedRank, bytes, compensatorBytes, relativeError, relativeOutputError], time[phases[name, seconds], layers[], peakMemoryBytes]. Only time differs from run to run.
    /// </summary>
    public static void Write(Utf8JsonWriter json, ModelReport report, JsonElement options)
    {
        QuantizationStatistics statistics = report.Result.Statistics;
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("tool", ToolVersion.Current);
        json.WriteString("name", report.Result.Name);
        json.WriteString("scheme", report.Result.Scheme.ToString());
        WriteArray(json, "refusals", report.Refusals, json.WriteStringValue);
        WriteSize(json, report);
        json.WritePropertyName("options");
        options.WriteTo(json);
        WriteEvaluation(json, report.Result.Evaluation);
        WriteGates(json, report.Gates);
        json.WriteStartObject("error");
        json.WriteNumber("relativeError", statistics.Total.RelativeError);
        json.WriteNumber("plainRelativeError", statistics.Total.PlainRelativeError);
        json.WriteEndObject();
        WriteArray(json, "layers", statistics.Layers, layer => WriteLayer(json, layer, statistics.LayerError(layer.Layer)));
        WriteArray(json, "matrices", statistics.Matrices, matrix => WriteMatrix(json, matrix));
        json.WriteStartObject("time");
        WriteArray(json, "phases", statistics.Phases, phase =>
        {
            json.WriteStartObject();
            json.WriteString("name", phase.Name);
            json.WriteNumber("seconds", phase.Seconds);
            json.WriteEndObject();
        });
        WriteArray(json, "layers", statistics.Layers, layer => json.WriteNumberValue(layer.Seconds));
        json.WriteNumber("peakMemoryBytes", statistics.PeakMemoryBytes);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteSize(Utf8JsonWriter json, ModelReport report)
    {
        json.WriteStartObject("size");
        json.WriteNumber("sourceBytes", report.Result.SourceBytes);
        json.WriteNumber("packedBytes", report.Result.PackedBytes);
        json.WriteNumber("ratio", report.Ratio);
        json.WriteNumber("weights", report.Result.Statistics.WeightCount);
        json.WriteNumber("bitsPerWeight", report.Result.Statistics.BitsPerWeight);
        json.WriteNumber("linearBitsPerWeight", report.Result.Statistics.LinearBitsPerWeight);
        WriteArray(json, "classes", report.Result.Statistics.Classes, figures =>
        {
            json.WriteStartObject();
            json.WriteString("role", QuantizationRecord.RoleName(figures.Role));
            json.WriteNumber("tensors", figures.TensorCount);
            json.WriteNumber("weights", figures.WeightCount);
            json.WriteNumber("bits", figures.Bits);
            json.WriteNumber("rank", figures.Rank);
            json.WriteNumber("bytes", figures.WeightBytes);
            json.WriteNumber("compensatorBytes", figures.CompensatorBytes);
            json.WriteNumber("bitsPerWeight", figures.BitsPerWeight);
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteEvaluation(Utf8JsonWriter json, ComparisonResult? evaluation)
    {
        if (evaluation is null)
        {
            json.WriteNull("evaluation");
            return;
        }

        json.WriteStartObject("evaluation");
        ComparisonJson.WriteAll(json, evaluation);
        json.WriteEndObject();
    }

    private static void WriteGates(Utf8JsonWriter json, QualityGates? gates)
    {
        if (gates is null)
        {
            json.WriteNull("gates");
            return;
        }

        json.WriteStartObject("gates");
        WriteNullable(json, "maxPerplexityIncrease", gates.MaxPerplexityIncrease);
        WriteNullable(json, "maxKlDivergence", gates.MaxKlDivergence);
        WriteNullable(json, "minRouterAgreement", gates.MinRouterAgreement);
        json.WriteEndObject();
    }

    private static void WriteLayer(Utf8JsonWriter json, LayerStatistics layer, double error)
    {
        json.WriteStartObject();
        json.WriteNumber("layer", layer.Layer);
        json.WriteNumber("relativeError", error);
        WriteNullable(json, "routerAgreement", layer.RouterAgreement);
        WriteArray(json, "experts", layer.Experts, expert =>
        {
            json.WriteStartObject();
            json.WriteNumber("expert", expert.Expert);
            json.WriteNumber("routedTokens", expert.RoutedTokens);
            json.WriteNumber("usedTokens", expert.UsedTokens);
            json.WriteString("fallback", JsonNamingPolicy.CamelCase.ConvertName(expert.Fallback.ToString()));
            json.WriteEndObject();
        });
        json.WriteEndObject();
    }

    private static void WriteMatrix(Utf8JsonWriter json, TensorStatistics matrix)
    {
        json.WriteStartObject();
        json.WriteString("name", matrix.Name);
        json.WriteString("kind", matrix.Kind);
        json.WriteNumber("layer", matrix.Layer);
        json.WriteNumber("expert", matrix.Expert);
        json.WriteNumber("rows", matrix.Rows);
        json.WriteNumber("columns", matrix.Columns);
        json.WriteNumber("bits", matrix.Bits);
        json.WriteNumber("groupSize", matrix.GroupSize);
        json.WriteBoolean("symmetric", matrix.Symmetric);
        json.WriteNumber("rank", matrix.Rank);
        json.WriteNumber("requestedRank", matrix.RequestedRank);
        json.WriteNumber("bytes", matrix.Bytes);
        json.WriteNumber("compensatorBytes", matrix.CompensatorBytes);
        json.WriteNumber("relativeError", matrix.RelativeError);
        WriteNullable(json, "relativeOutputError", matrix.RelativeOutputError);
        json.WriteEndObject();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
            write(item);
        json.WriteEndArray();
    }

    private static void WriteNullable(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
