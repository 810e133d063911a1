using System.Text.Json;

namespace MoEQuant.Quantizer.Evaluation;

/// <summary>The figures of a comparison as JSON, the same wherever they are written.</summary>
internal static class ComparisonJson
{
    /// <summary>Fields: perplexity, negativeLogLikelihood, tokens, windows, context, then those of <see cref="Write"/>.</summary>
    public static void WriteAll(Utf8JsonWriter json, ComparisonResult compared)
    {
        json.WriteNumber("perplexity", compared.Model.Perplexity);
        json.WriteNumber("negativeLogLikelihood", compared.Model.NegativeLogLikelihood);
        json.WriteNumber("tokens", compared.Model.Tokens);
        json.WriteNumber("windows", compared.Model.Windows);
        json.WriteNumber("context", compared.Model.Context);
        Write(json, compared);
    }

    /// <summary>
    /// Fields: referencePerplexity, perplexityIncrease (relative), meanKlDivergence and p99KlDivergence (nats), top1Agreement, meanRouterAgreement and minRouterAgreement
    /// (null without routers to compare), routerAgreement (one number per layer that has a router), routerLayers (the numbers of those layers). Agreements are shares, 0 to 1.
    /// </summary>
    public static void Write(Utf8JsonWriter json, ComparisonResult compared)
    {
        json.WriteNumber("referencePerplexity", compared.Reference.Perplexity);
        json.WriteNumber("perplexityIncrease", compared.PerplexityIncrease);
        json.WriteNumber("meanKlDivergence", compared.MeanDivergence);
        json.WriteNumber("p99KlDivergence", compared.P99Divergence);
        json.WriteNumber("top1Agreement", compared.Top1Agreement);
        WriteNullable(json, "meanRouterAgreement", compared.MeanRouterAgreement);
        WriteNullable(json, "minRouterAgreement", compared.MinRouterAgreement);
        json.WriteStartArray("routerAgreement");
        foreach (LayerAgreement layer in compared.Routers)
            json.WriteNumberValue(layer.Agreement);
        json.WriteEndArray();
        json.WriteStartArray("routerLayers");
        foreach (LayerAgreement layer in compared.Routers)
            json.WriteNumberValue(layer.Layer);
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
