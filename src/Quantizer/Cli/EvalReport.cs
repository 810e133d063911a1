using System.Text.Json;
using MoEQuant.Quantizer.Evaluation;

namespace MoEQuant.Quantizer.Cli;

/// <summary>What <c>eval</c> says at the end.</summary>
internal static class EvalReport
{
    /// <summary>JSON fields: model, text, perplexity, negativeLogLikelihood, tokens, windows, context.</summary>
    public static void Write(EvalRequest request, PerplexityResult measured, CliHost host)
    {
        if (request.Json)
            JsonOutput.Write(host.Output, json => WritePerplexity(json, request, measured));
        else
            host.Output.WriteLine($"Perplexity {Text.Number(measured.Perplexity, 4)} over {measured.Tokens} tokens ({measured.Windows} windows of {measured.Context}), {Text.Number(measured.NegativeLogLikelihood, 5)} nats per token");
    }

    /// <summary>JSON fields: those of a run without reference, then reference and the fields of <see cref="ComparisonJson"/>.</summary>
    public static void Write(EvalRequest request, ComparisonResult compared, CliHost host)
    {
        if (request.Json)
        {
            JsonOutput.Write(host.Output, json =>
            {
                WritePerplexity(json, request, compared.Model);
                json.WriteString("reference", request.Reference);
                ComparisonJson.Write(json, compared);
            });
            return;
        }

        WriteTable(compared, host);
    }

    /// <summary>A table for people.</summary>
    public static void WriteTable(ComparisonResult compared, CliHost host)
    {
        TableText.Write(host, ["Measure", " Model", " Reference"], [.. Rows(compared)]);
        host.Output.WriteLine($"over {compared.Model.Tokens} tokens ({compared.Model.Windows} windows of {compared.Model.Context})");
    }

    private static void WritePerplexity(Utf8JsonWriter json, EvalRequest request, PerplexityResult measured)
    {
        json.WriteString("model", request.Model);
        json.WriteString("text", request.Sample.Path);
        json.WriteNumber("perplexity", measured.Perplexity);
        json.WriteNumber("negativeLogLikelihood", measured.NegativeLogLikelihood);
        json.WriteNumber("tokens", measured.Tokens);
        json.WriteNumber("windows", measured.Windows);
        json.WriteNumber("context", measured.Context);
    }

    private static IEnumerable<string[]> Rows(ComparisonResult compared)
    {
        yield return ["Perplexity", Text.Number(compared.Model.Perplexity, 4), Text.Number(compared.Reference.Perplexity, 4)];
        yield return ["KL divergence, mean", Text.Number(compared.MeanDivergence, 5), ""];
        yield return ["KL divergence, 99th percentile", Text.Number(compared.P99Divergence, 5), ""];
        yield return ["Same most probable token", Text.Percent(compared.Top1Agreement), ""];
        if (compared is not { MeanRouterAgreement: { } mean, MinRouterAgreement: { } least })
            yield break;
        yield return ["Same experts, mean", Text.Percent(mean), ""];
        yield return ["Same experts, least of all layers", Text.Percent(least), ""];
        foreach (LayerAgreement layer in compared.Routers)
            yield return [$"Same experts, layer {layer.Layer}", Text.Percent(layer.Agreement), ""];
    }
}
