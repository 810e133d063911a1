using MoEQuant.Quantizer.Evaluation;
using MoEQuant.Quantizer.Evaluation.Gates;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Quantizer.Reporting;
using MoEQuant.Runtime.Model.Plan;

namespace MoEQuant.Quantizer.Tests.Reporting;

/// <summary>Reports of made-up models: figures follow from indices, so that tests can name them.</summary>
internal static class SampleReport
{
    public const string HostileName = "<script>alert(\"x\")</script> & Söhne's\u0001 'model' ]]> \ud83e\udda6\ud800";

    /// <summary>A calibrated model. Every eleventh expert has too few tokens.</summary>
    public static ModelReport Create(int layers, int experts, string name = "Sample", QualityGates? gates = null, bool evaluated = true, bool calibrated = true, double seconds = 1)
    {
        QuantizationStatistics statistics = new();
        statistics.Add(Plain("model.embed_tokens.weight", TensorRole.Embedding, -1));
        for (int layer = 0; layer < layers; layer++)
        {
            foreach (string kind in (string[])["q_proj", "k_proj", "v_proj", "o_proj"])
                statistics.Add(Matrix($"self_attn.{kind}", layer, -1, calibrated));
            for (int expert = 0; expert < experts; expert++)
                foreach (string kind in (string[])["gate_proj", "up_proj", "down_proj"])
                    statistics.Add(Matrix($"mlp.experts.{kind}", layer, expert, calibrated));
            statistics.Add(new LayerStatistics { Layer = layer, Seconds = seconds + layer, RouterAgreement = calibrated ? 0.99 : null, Experts = calibrated ? Experts(layer, experts) : [] });
        }

        statistics.AddPhase("layers", seconds * 10);
        statistics.AddPhase("evaluation", seconds);
        QuantizationResult result = new("/models/sample.moeq", name, new(3, 16), 40_000_000, 9_500_000, statistics) { Evaluation = evaluated ? Evaluation(layers) : null };
        return new(result, new() { Name = name, ThreadCount = 2 }, gates);
    }

    /// <summary>Perplexity 10.2 against 10, mean divergence 0.0123, routers from 97 % in the first layer up.</summary>
    public static ComparisonResult Evaluation(int layers) => new(
        new(Math.Log(10.2), 8192, 32, 256), new(Math.Log(10), 8192, 32, 256), 0.0123, 0.098, 0.912, [.. Enumerable.Range(0, layers).Select(layer => new LayerAgreement(layer, 0.97 + 0.02 * layer / layers))]);

    private static ExpertStatistics[] Experts(int layer, int experts) =>
    [
        .. Enumerable.Range(0, experts).Select(expert => (expert + layer) % 11 == 10
            ? new ExpertStatistics(expert, expert % 2, 512, expert % 2 == 0 ? ExpertFallback.WholeStream : ExpertFallback.NearMiss)
            : new ExpertStatistics(expert, 200 + 37 * ((expert * 7 + layer * 3) % 23), 900, ExpertFallback.None)),
    ];

    private static TensorStatistics Plain(string name, TensorRole role, int layer) => new() { Name = name, Kind = name, Role = role, Layer = layer, Rows = 64, Columns = 32, WeightBytes = 8192 };

    private static TensorStatistics Matrix(string kind, int layer, int expert, bool calibrated)
    {
        double error = 0.01 + 0.002 * layer + 0.0005 * kind.Length;
        return new()
        {
            Name = $"model.layers.{layer}.{(expert < 0 ? kind : kind.Replace("experts", $"experts.{expert}", StringComparison.Ordinal))}.weight",
            Kind = kind,
            Role = expert < 0 ? TensorRole.DenseLinear : TensorRole.ExpertLinear,
            Layer = layer,
            Expert = expert,
            Rows = 64,
            Columns = 128,
            Bits = expert < 0 ? 4 : 3,
            GroupSize = 64,
            Rank = expert < 0 ? 8 + layer : 4,
            RequestedRank = expert < 0 ? 8 + layer : 4,
            WeightBytes = 64 * 128 * (expert < 0 ? 4 : 3) / 8,
            CompensatorBytes = 768,
            SquaredNorm = 4,
            PlainError = 4 * error * 1.5,
            FinalError = 4 * error,
            OutputNorm = calibrated ? 9 : 0,
            OutputError = calibrated ? 9 * error * error : 0,
        };
    }
}
