using MoEQuant.Quality.Measuring;
using MoEQuant.Quantizer.Benchmarks;
using MoEQuant.Quantizer.Pipeline;
using MoEQuant.Runtime;
using MoEQuant.Speed.Measuring;

namespace MoEQuant.Speed.Models;

/// <summary>Whole synthetic models: tokens per second, alone and beside a process that keeps a core busy.</summary>
internal static class ModelSection
{
    public static void Run(IReadOnlyList<ModelShape> shapes, ModelSettings settings, TextWriter output)
    {
        output.WriteLine($"### Models of {settings.Layers} layers: tokens per second, prompt of {settings.Tokens.Prompt}, {settings.Tokens.Generate} generated, medians of {settings.Tokens.Repetitions}");
        output.WriteLine();
        string[] columns = ["", "scheme", "activations", "threads", "prefill", "decode", "resident MB"];
        MarkdownTable.Write(output, settings.Busy ? [.. columns, "prefill, core busy", "decode, core busy", "decode kept"] : columns, shapes.SelectMany(shape => Rows(shape, settings)));
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(ModelShape shape, ModelSettings settings)
    {
        foreach (int bits in (int[])[3, 4])
        {
            SyntheticFormat format = new(new QuantizationScheme(bits, 16));
            using SyntheticModel model = SyntheticModel.Create(shape, settings.Layers, format, seed: 1);
            foreach (ActivationPrecision precision in Enum.GetValues<ActivationPrecision>())
                foreach (int threads in settings.Threads)
                {
                    BenchmarkResult quiet = Measure(model, settings, precision, threads);
                    string[] row = [shape.Name, $"{format.Scheme}", precision.ToString().ToLowerInvariant(), $"{threads}", Figures.Number(quiet.PrefillRate, 1), Figures.Number(quiet.DecodeRate, 1),
                        Figures.Number(quiet.ResidentBytes / 1e6, 0)];
                    yield return settings.Busy ? [.. row, .. BusyColumns(quiet, model, settings, precision, threads)] : row;
                }
        }
    }

    private static string[] BusyColumns(BenchmarkResult quiet, SyntheticModel model, ModelSettings settings, ActivationPrecision precision, int threads)
    {
        using BusyProcess busy = new();
        BenchmarkResult measured = Measure(model, settings, precision, threads);
        return [Figures.Number(measured.PrefillRate, 1), Figures.Number(measured.DecodeRate, 1), Figures.Percent(measured.DecodeRate / quiet.DecodeRate)];
    }

    private static BenchmarkResult Measure(SyntheticModel model, ModelSettings settings, ActivationPrecision precision, int threads)
    {
        MoEModelOptions options = new() { ContextLength = settings.Tokens.Prompt + settings.Tokens.Generate, ThreadCount = threads, ActivationPrecision = precision };
        return GenerationBenchmark.Run(() => MoEModel.Load(model.Path, options), settings.Tokens, CancellationToken.None);
    }
}
