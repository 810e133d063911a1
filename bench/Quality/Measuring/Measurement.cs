using System.Text.Json;

namespace MoEQuant.Quality.Measuring;

/// <summary>What one way of quantizing a checkpoint costs and keeps, on held-out text.</summary>
/// <param name="BitsPerWeight">Stored bits per weight of the decoder layers' linear matrices: codes, scales, zero points and compensators.</param>
/// <param name="PackedBytes">The whole file.</param>
/// <param name="Divergence">Mean KL divergence from the unquantized model, nats per token.</param>
/// <param name="Perplexity">Perplexity of the packed model.</param>
/// <param name="ReferencePerplexity">Perplexity of the unquantized model.</param>
/// <param name="Top1Agreement">Share of tokens with the same most probable next token.</param>
/// <param name="RouterAgreement">Per layer with a router: share of the unquantized model's chosen experts that were chosen too.</param>
/// <param name="Tokens">Scored tokens.</param>
internal sealed record Measurement(
    double BitsPerWeight, long PackedBytes, double Divergence, double Perplexity, double ReferencePerplexity, double Top1Agreement, IReadOnlyList<double> RouterAgreement, long Tokens)
{
    /// <summary>The worst layer's router agreement; 1 without routers.</summary>
    public double LowestRouterAgreement => RouterAgreement.DefaultIfEmpty(1).Min();

    /// <summary>Reads the JSON of <c>moequant quantize --evaluate … --json</c>.</summary>
    public static Measurement Read(JsonElement report)
    {
        JsonElement evaluation = report.GetProperty("evaluation");
        return new(
            report.GetProperty("linearBitsPerWeight").GetDouble(),
            report.GetProperty("packedBytes").GetInt64(),
            evaluation.GetProperty("meanKlDivergence").GetDouble(),
            evaluation.GetProperty("perplexity").GetDouble(),
            evaluation.GetProperty("referencePerplexity").GetDouble(),
            evaluation.GetProperty("top1Agreement").GetDouble(),
            [.. evaluation.GetProperty("routerAgreement").EnumerateArray().Select(value => value.GetDouble())],
            evaluation.GetProperty("tokens").GetInt64());
    }
}
