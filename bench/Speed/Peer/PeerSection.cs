using MoEQuant.Quality.Measuring;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;
using MoEQuant.Speed.Measuring;
using MoEQuant.Speed.Models;

namespace MoEQuant.Speed.Peer;

/// <summary>Layers of Qwen3-30B-A3B beside llama-bench's, in turns: whatever else the machine does meets both.</summary>
internal static class PeerSection
{
    private const int Rounds = 5;

    /// <summary>Measures and writes the table.</summary>
    /// <param name="program">llama-bench.</param>
    /// <param name="settings">Layers, tokens and threads; repetitions are those of a round.</param>
    /// <param name="output">Receives the table.</param>
    public static void Run(string program, ModelSettings settings, TextWriter output)
    {
        int prompt = settings.Tokens.Prompt, generate = settings.Tokens.Generate;
        output.WriteLine($"### qwen3-30b-a3b, {settings.Layers} layers, beside {Path.GetFileName(program)} with Q3_K weights: tokens per second, medians (best) of {Rounds} rounds of {settings.Tokens.Repetitions} in turn");
        output.WriteLine();
        output.WriteLine("Both decode from an empty text. W3A16 with activations rounded to 8 bits inside the kernels and bfloat16 keys and values, as the peer does it with 8 bits and half precision. The embedding and the head have 8 bits here, Q3_K there.");
        output.WriteLine();
        using GgufModel peerModel = GgufModel.Create(settings.Layers);
        LlamaBench peer = new(program, peerModel.Path);
        List<IReadOnlyList<string>> rows = [];
        foreach ((string name, SyntheticFormat format) in new[]
        {
            ("default compensators", new SyntheticFormat(new QuantizationScheme(3, 16))),
            ("no compensators", new SyntheticFormat(new QuantizationScheme(3, 16), DenseRank: 0, SparseRank: 0)),
        })
        {
            using SyntheticModel model = SyntheticModel.Create(ModelShape.All.Single(shape => shape.Name == "qwen3-30b-a3b"), settings.Layers, format, seed: 1);
            foreach (int threads in settings.Threads)
                rows.Add(Row(name, model.Path, peer, prompt, generate, threads, settings.Tokens.Repetitions));
        }

        MarkdownTable.Write(output, ["", "threads", "prefill", "peer", "ratio", "decode", "peer", "ratio"], rows);
        output.WriteLine();
    }

    private static string[] Row(string name, string model, LlamaBench peer, int prompt, int generate, int threads, int repetitions)
    {
        List<double> prefill = [], decode = [], peerPrefill = [], peerDecode = [];
        for (int round = 0; round < Rounds; round++)
        {
            prefill.AddRange(Measure(model, threads, new(prompt, 1, repetitions)).PrefillRates);
            decode.AddRange(Measure(model, threads, new(1, generate, repetitions)).DecodeRates);
            (IReadOnlyList<double> reading, IReadOnlyList<double> writing) = peer.Run(prompt, generate, threads, repetitions);
            peerPrefill.AddRange(reading);
            peerDecode.AddRange(writing);
        }

        return [name, $"{threads}", Show(prefill), Show(peerPrefill), Ratio(prefill, peerPrefill), Show(decode), Show(peerDecode), Ratio(decode, peerDecode)];
    }

    private static BenchmarkResult Measure(string model, int threads, BenchmarkSettings tokens)
    {
        MoEModelOptions options = new()
        {
            ContextLength = tokens.Prompt + tokens.Generate, ThreadCount = threads, ActivationPrecision = ActivationPrecision.Int8, KeyValuePrecision = KeyValuePrecision.BFloat16,
        };
        return GenerationBenchmark.Run(() => MoEModel.Load(model, options), tokens, CancellationToken.None);
    }

    private static string Show(List<double> rates) => $"{Figures.Number(BenchmarkResult.Median(rates), 1)} ({Figures.Number(rates.Max(), 1)})";

    private static string Ratio(List<double> ours, List<double> theirs) =>
        $"{Figures.Number(BenchmarkResult.Median(ours) / BenchmarkResult.Median(theirs), 2)} ({Figures.Number(ours.Max() / theirs.Max(), 2)})";
}
