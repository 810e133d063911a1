using System.Text;
using System.Text.Json;
using MoEQuant.Quantizer.Algorithms.Devices;
using MoEQuant.Quantizer.Calibration;
using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Pipeline;

/// <summary>The quantization record that a packed file carries: how it was made and how well.</summary>
/// <remarks>No times, paths or facts of the machine: equal inputs give equal bytes. Errors are rounded to six digits, far below what they mean.</remarks>
internal static class QuantizationRecord
{
    /// <summary>Room for the record of a model of so many layers, quotes escaped.</summary>
    public static int Capacity(int layerCount) => 8192 + layerCount * 1024;

    public static string Write(QuantizationOptions options, long sourceBytes, QuantizationStatistics statistics, ComparisonResult? evaluation)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            json.WriteString("tool", ToolVersion.Current);
            json.WriteString("method", "MiLo");
            WriteOptions(json, options);
            json.WriteNumber("sourceBytes", sourceBytes);
            json.WriteNumber("packedWeightBytes", statistics.Classes.Sum(c => c.WeightBytes + c.CompensatorBytes));
            json.WriteNumber("bitsPerWeight", Round(statistics.BitsPerWeight));
            json.WriteNumber("linearBitsPerWeight", Round(statistics.LinearBitsPerWeight));
            json.WriteNumber("relativeError", Round(statistics.Total.RelativeError));
            json.WriteNumber("plainRelativeError", Round(statistics.Total.PlainRelativeError));
            json.WriteStartArray("classes");
            foreach (ClassStatistics figures in statistics.Classes)
                WriteClass(json, figures);
            json.WriteEndArray();
            json.WriteStartArray("errors");
            foreach ((string kind, IReadOnlyDictionary<int, ErrorStatistics> layers) in statistics.Errors)
                WriteErrors(json, kind, layers);
            json.WriteEndArray();
            if (evaluation is not null)
                WriteEvaluation(json, evaluation);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The options as a JSON object, as they stand in the record.</summary>
    public static string WriteOptions(QuantizationOptions options)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream))
        {
            json.WriteStartObject();
            WriteOptions(json, options);
            json.WriteEndObject();
        }

        using JsonDocument document = JsonDocument.Parse(stream.ToArray());
        return document.RootElement.GetProperty("options").GetRawText();
    }

    private static void WriteOptions(Utf8JsonWriter json, QuantizationOptions options)
    {
        json.WriteStartObject("options");
        json.WriteString("name", options.Name);
        json.WriteString("scheme", options.Scheme.ToString());
        json.WriteNumber("groupSize", options.GroupSize);
        json.WriteBoolean("symmetric", options.Symmetric);
        json.WriteString("rounding", options.Rounding is { } rounding ? JsonNamingPolicy.CamelCase.ConvertName(rounding.ToString()) : "default");
        json.WriteString("rankPolicy", JsonNamingPolicy.CamelCase.ConvertName(options.RankPolicy.ToString()));
        json.WriteNumber("denseRank", options.DenseRank);
        json.WriteNumber("sparseRank", options.SparseRank);
        json.WriteNumber("compensatorBits", options.CompensatorBits);
        json.WriteNumber("embeddingBits", options.EmbeddingBits);
        json.WriteNumber("routerBits", options.RouterBits);
        json.WriteBoolean("smoothing", options.Calibration.Source != CalibrationSource.None && options.Corrections.Smooths(options.Scheme));
        json.WriteBoolean("routerAlignment", options.Calibration.Source != CalibrationSource.None && options.Corrections.AlignsRouters(options.Scheme));
        json.WriteString("rotation", JsonNamingPolicy.CamelCase.ConvertName(options.Corrections.RotationFor(options.Scheme).ToString()));
        if (options.TargetBitsPerWeight is { } bits)
            json.WriteNumber("targetBitsPerWeight", bits);
        if (options.TargetSize is { } size)
            json.WriteNumber("targetSize", size);
        if (options.Device != DeviceNames.Managed)
            json.WriteString("device", options.Device);
        WriteCalibration(json, options.Calibration);
        json.WriteEndObject();
    }

    // Without the names of files: the same text gives the same bytes wherever it lies.
    private static void WriteCalibration(Utf8JsonWriter json, CalibrationOptions calibration)
    {
        if (calibration.Source == CalibrationSource.None)
            return;
        json.WriteStartObject("calibration");
        json.WriteString("source", JsonNamingPolicy.CamelCase.ConvertName(calibration.Source.ToString()));
        json.WriteNumber("sequences", calibration.SequenceCount);
        json.WriteNumber("sequenceLength", calibration.SequenceLength);
        json.WriteNumber("seed", calibration.Seed);
        json.WriteNumber("balanceRatio", calibration.BalanceRatio);
        json.WriteNumber("minExpertTokens", calibration.MinExpertTokens);
        json.WriteEndObject();
    }

    private static void WriteClass(Utf8JsonWriter json, ClassStatistics figures)
    {
        json.WriteStartObject();
        json.WriteString("role", RoleName(figures.Role));
        json.WriteNumber("bits", figures.Bits);
        json.WriteNumber("requestedRank", figures.RequestedRank);
        json.WriteNumber("rank", figures.Rank);
        json.WriteNumber("tensors", figures.TensorCount);
        json.WriteNumber("clampedRanks", figures.ClampedCount);
        json.WriteNumber("weights", figures.WeightCount);
        json.WriteNumber("bytes", figures.WeightBytes);
        json.WriteNumber("compensatorBytes", figures.CompensatorBytes);
        json.WriteNumber("bitsPerWeight", Round(figures.BitsPerWeight));
        json.WriteEndObject();
    }

    private static void WriteErrors(Utf8JsonWriter json, string kind, IReadOnlyDictionary<int, ErrorStatistics> layers)
    {
        json.WriteStartObject();
        json.WriteString("kind", kind);
        json.WriteStartArray("layers");
        foreach (int layer in layers.Keys)
            json.WriteNumberValue(layer);
        json.WriteEndArray();
        json.WriteStartArray("relativeError");
        foreach (ErrorStatistics error in layers.Values)
            json.WriteNumberValue(Round(error.RelativeError));
        json.WriteEndArray();
        json.WriteStartArray("plainRelativeError");
        foreach (ErrorStatistics error in layers.Values)
            json.WriteNumberValue(Round(error.PlainRelativeError));
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteEvaluation(Utf8JsonWriter json, ComparisonResult evaluation)
    {
        json.WriteStartObject("evaluation");
        json.WriteNumber("tokens", evaluation.Model.Tokens);
        json.WriteNumber("perplexity", Round(evaluation.Model.Perplexity));
        json.WriteNumber("referencePerplexity", Round(evaluation.Reference.Perplexity));
        json.WriteNumber("meanKlDivergence", Round(evaluation.MeanDivergence));
        json.WriteNumber("p99KlDivergence", Round(evaluation.P99Divergence));
        json.WriteNumber("top1Agreement", Round(evaluation.Top1Agreement));
        if (evaluation.MinRouterAgreement is { } least)
            json.WriteNumber("minRouterAgreement", Round(least));
        json.WriteEndObject();
    }

    internal static string RoleName(TensorRole role) => JsonNamingPolicy.CamelCase.ConvertName(role.ToString());

    private static double Round(double value) => Math.Round(value, 6);
}
