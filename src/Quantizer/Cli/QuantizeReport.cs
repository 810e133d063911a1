using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Pipeline;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What <c>quantize</c> says at the end.</summary>
internal static class QuantizeReport
{
    /// <summary>Fields: file, name, scheme, groupSize, denseRank, sparseRank, compensatorBits, sourceBytes, packedBytes, ratio, weights, bitsPerWeight, linearBitsPerWeight, relativeError, plainRelativeError, classes[role, tensors, weights, bits, rank, clampedRanks, bytes, compensatorBytes, bitsPerWeight]; with --evaluate also evaluation[perplexity, negativeLogLikelihood, tokens, windows, context and the fields of ComparisonJson].</summary>
    public static void WriteJson(QuantizationResult result, QuantizationOptions options, TextWriter output) => JsonOutput.Write(output, json =>
    {
        json.WriteString("file", result.Path);
        json.WriteString("name", result.Name);
        json.WriteString("scheme", result.Scheme.ToString());
        json.WriteNumber("groupSize", options.GroupSize);
        json.WriteNumber("denseRank", options.DenseRank);
        json.WriteNumber("sparseRank", options.SparseRank);
        json.WriteNumber("compensatorBits", options.CompensatorBits);
        json.WriteNumber("sourceBytes", result.SourceBytes);
        json.WriteNumber("packedBytes", result.PackedBytes);
        json.WriteNumber("ratio", Ratio(result));
        json.WriteNumber("weights", result.Statistics.WeightCount);
        json.WriteNumber("bitsPerWeight", result.Statistics.BitsPerWeight);
        json.WriteNumber("linearBitsPerWeight", result.Statistics.LinearBitsPerWeight);
        json.WriteNumber("relativeError", result.Statistics.Total.RelativeError);
        json.WriteNumber("plainRelativeError", result.Statistics.Total.PlainRelativeError);
        json.WriteStartArray("classes");
        foreach (ClassStatistics figures in result.Statistics.Classes)
        {
            json.WriteStartObject();
            json.WriteString("role", QuantizationRecord.RoleName(figures.Role));
            json.WriteNumber("tensors", figures.TensorCount);
            json.WriteNumber("weights", figures.WeightCount);
            json.WriteNumber("bits", figures.Bits);
            json.WriteNumber("rank", figures.Rank);
            json.WriteNumber("clampedRanks", figures.ClampedCount);
            json.WriteNumber("bytes", figures.WeightBytes);
            json.WriteNumber("compensatorBytes", figures.CompensatorBytes);
            json.WriteNumber("bitsPerWeight", figures.BitsPerWeight);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (result.Evaluation is { } evaluation)
        {
            json.WriteStartObject("evaluation");
            ComparisonJson.WriteAll(json, evaluation);
            json.WriteEndObject();
        }
    });

    /// <summary>The figures that matter most, for the log of a build.</summary>
    public static void WriteLine(QuantizationResult result, TextWriter output)
    {
        output.WriteLine(Sizes(result));
        if (result.Evaluation is { } evaluation)
            output.WriteLine($"{result.Name}: perplexity {Text.Number(evaluation.Model.Perplexity, 4)} (checkpoint {Text.Number(evaluation.Reference.Perplexity, 4)}), mean KL divergence {Text.Number(evaluation.MeanDivergence, 5)}, same experts in {Text.Percent(evaluation.MinRouterAgreement ?? 1)} or more, over {evaluation.Model.Tokens} tokens");
    }

    public static void WriteTable(QuantizationResult result, CliHost host)
    {
        TableText.Write(host, ["Tensors", " Count", " Weights", " Bits", " Rank", " Bytes", " Bits/weight"],
            [.. result.Statistics.Classes.Select(figures => (string[])[
                QuantizationRecord.RoleName(figures.Role), $"{figures.TensorCount}", $"{figures.WeightCount}", $"{figures.Bits}",
                figures.ClampedCount > 0 ? $"{figures.Rank} (asked {figures.RequestedRank})" : $"{figures.Rank}",
                $"{figures.WeightBytes + figures.CompensatorBytes}", Text.Number(figures.BitsPerWeight, 3)])]);
        host.Output.WriteLine(Sizes(result));
        if (result.Evaluation is { } evaluation)
            EvalReport.WriteTable(evaluation, host);
        host.Output.WriteLine(result.Path);
    }

    private static string Sizes(QuantizationResult result) =>
        $"{result.Name}: {Text.Bytes(result.SourceBytes)} -> {Text.Bytes(result.PackedBytes)} ({Text.Percent(Ratio(result))}), {result.Scheme}, {Text.Number(result.Statistics.BitsPerWeight, 2)} bits per weight, relative error {Text.Number(result.Statistics.Total.RelativeError, 4)}";

    private static double Ratio(QuantizationResult result) => (double)result.PackedBytes / result.SourceBytes;
}
